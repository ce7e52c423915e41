import { artifactPlace } from "../domain/artifact.ts";
import type { ArtifactRef } from "../domain/artifact.ts";
import { recordedEvents } from "../domain/commit.ts";
import type { Position, RunId, RunLife } from "../domain/ids.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { Journal } from "../ports/journal.ts";
import type { Breather } from "./breather.ts";

/** Into the place `target`: copies what the past keeps outside the journal, so that neither run depends on the other's being there. */
export async function copyArtifacts(
  store: ArtifactStore,
  from: { readonly run: RunId; readonly life: RunLife },
  target: string,
  artifacts: AsyncIterable<ArtifactRef>,
): Promise<void> {
  try {
    for await (const artifact of artifacts) {
      const writer = await store.create(target, artifact.name);
      try {
        for await (const bytes of store.read(artifactPlace(from.run, from.life), artifact)) await writer.write(bytes);
        await writer.commit();
      } catch (error) {
        await writer.discard();
        throw error;
      }
    }
  } catch (error) {
    await store.delete(target).catch(() => undefined);
    throw error;
  }
}

/** What attempts had stored by a position. */
export async function* artifactsThrough(
  journal: Journal,
  run: RunId,
  position: Position,
  breather: Breather,
): AsyncGenerator<ArtifactRef, void> {
  let place: Position = 0;
  while (place < position) {
    await breather.pause();
    const commits = await journal.read(run, place);
    if (commits.length === 0) return;
    for (const commit of commits) {
      for (const recorded of recordedEvents(commit, place)) {
        if (recorded.position > position) return;
        if (recorded.event.type === "artifact.stored") yield recorded.event.artifact;
      }
      place = commit.position;
    }
  }
}
