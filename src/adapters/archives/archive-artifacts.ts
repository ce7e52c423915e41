import type { ArtifactRef } from "../../domain/artifact.ts";
import type { Commit } from "../../domain/commit.ts";

/** The artifacts that a commit's events name: what a run has outside its journal, and so outside an archive. */
export function artifactsOf({ events }: Commit): ArtifactRef[] {
  return events.flatMap((event) => (event.type === "artifact.stored" ? [event.artifact] : []));
}
