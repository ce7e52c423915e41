import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import type { ArtifactRef } from "../../../domain/artifact.ts";
import { viewerPageLimits } from "../../../domain/viewer-page-limits.ts";
import type { StepStory } from "../fold/step-story.ts";
import { fetchArtifact } from "../source/orders.ts";
import type { RunSession } from "../state/run-session.ts";
import { bytesText, countText } from "../text/format.ts";
import { visibleLine } from "../text/visible-text.ts";
import { BoundedText } from "./bounded-text.tsx";

/** What the step keeps outside of the journal, read when it is asked for. */
export function StepArtifacts({
  story,
  session,
}: {
  readonly story: StepStory;
  readonly session: RunSession;
}): JSX.Element | null {
  const { artifacts } = story;
  if (artifacts.length === 0) return null;
  const shown = artifacts.slice(0, viewerPageLimits.viewerListedMax);
  return (
    <section>
      <h3>Artifacts</h3>
      {shown.map((artifact) => (
        <Artifact key={artifact.name} artifact={artifact} session={session} />
      ))}
      {artifacts.length > shown.length ? (
        <p class="cut">{`… ${countText(artifacts.length - shown.length)} more`}</p>
      ) : null}
    </section>
  );
}

function Artifact({
  artifact,
  session,
}: {
  readonly artifact: ArtifactRef;
  readonly session: RunSession;
}): JSX.Element {
  const { name, bytes, sha256 } = artifact;
  const read = useSignal<{ text: string } | { why: string } | "reading" | undefined>(undefined);
  const open = async (): Promise<void> => {
    read.value = "reading";
    read.value = await textOf(session, name);
  };
  const now = read.value;
  return (
    <details onToggle={(event) => void (event.currentTarget.open && read.value === undefined && open())}>
      <summary title={`SHA-256 ${visibleLine(sha256)}`}>
        {visibleLine(name)} <span class="cut">{bytesText(bytes)}</span>
      </summary>
      {now === undefined || now === "reading" ? <p class="cut">Reading…</p> : null}
      {typeof now === "object" && "why" in now ? <p class="failure">{visibleLine(now.why)}</p> : null}
      {typeof now === "object" && "text" in now ? (
        <BoundedText text={now.text} label={`Artifact ${visibleLine(name)}`} />
      ) : null}
    </details>
  );
}

function textOf({ model, recorded }: RunSession, name: string): ReturnType<typeof fetchArtifact> {
  if (recorded === undefined) return fetchArtifact(model.id, name);
  const text = Object.hasOwn(recorded.artifacts, name) ? recorded.artifacts[name] : undefined;
  return Promise.resolve(
    text === undefined ? { why: "This file has no room for the artifact; look at the run itself." } : { text },
  );
}
