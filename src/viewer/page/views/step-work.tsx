import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { EpochMs } from "../../../domain/ids.ts";
import type { Json } from "../../../domain/json.ts";
import type { Span } from "../../../projections/timeline.ts";
import type { StepStory } from "../fold/step-story.ts";
import { bytesText, countText, durationText } from "../text/format.ts";
import { visibleLine, visibleText } from "../text/visible-text.ts";
import { BoundedText } from "./bounded-text.tsx";

/** The newest text of the newest attempt, and what it told beside it. */
export function StepTails({
  story,
  isRunning,
}: {
  readonly story: StepStory;
  readonly isRunning: boolean;
}): JSX.Element | null {
  const { tails, told, toldBefore } = story;
  if (tails.length === 0 && told.length === 0) return null;
  return (
    <section>
      <h3>{isRunning ? "Now" : "Last heard"}</h3>
      {tails.map(({ stream, text, cutChars, totalChars }) => (
        <div key={stream}>
          <p class="stream">
            {visibleLine(stream)} <span class="cut">{`${countText(totalChars)} characters`}</span>
          </p>
          {cutChars > 0 ? <p class="cut">{`… ${countText(cutChars)} characters before these`}</p> : null}
          <Tail text={text} label={`Text of ${visibleLine(stream)}`} />
        </div>
      ))}
      {toldBefore > 0 ? <p class="cut">{`… ${countText(toldBefore)} earlier`}</p> : null}
      {told.length === 0 ? null : (
        <ul class="told">
          {told.map(({ line }, index) => (
            <li key={toldBefore + index}>{visibleLine(line)}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The end of a text that grows: what was said last is to be seen. */
function Tail({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const element = useRef<HTMLPreElement>(null);
  useLayoutEffect(() => {
    element.current!.scrollTop = element.current!.scrollHeight;
  }, [text]);
  return (
    <pre ref={element} class="text" aria-label={label} tabIndex={0}>
      {visibleText(text)}
    </pre>
  );
}

export function StepOutput({ story }: { readonly story: StepStory }): JSX.Element | null {
  if (story.output === undefined) return null;
  const { stored, isPartial } = story.output;
  const parts = stored.spilled ?? [];
  const isWhole = parts.some(({ pointer }) => pointer === "");
  return (
    <section>
      <h3>{isPartial ? "Output so far" : "Output"}</h3>
      {isWhole ? null : <OutputValue value={stored.value} />}
      {parts.map(({ pointer, artifact }) => (
        <p key={artifact.name} class="cut">
          {`${pointer === "" ? "All of it" : visibleLine(pointer.slice(1))} is in the artifact ${visibleLine(artifact.name)}, ${bytesText(artifact.bytes)}`}
        </p>
      ))}
    </section>
  );
}

/** The output of a command is shown by stream, a text as it is, and all else as JSON. */
function OutputValue({ value }: { readonly value: Json }): JSX.Element {
  if (typeof value === "string") return <BoundedText text={value} label="Output" />;
  if (isCommandOutput(value)) {
    const { stdout, stderr, exitCode } = value;
    return (
      <>
        {typeof stdout === "string" && stdout !== "" ? <BoundedText text={stdout} label="Standard output" /> : null}
        {typeof stderr === "string" && stderr !== "" ? (
          <>
            <p class="stream">stderr</p>
            <BoundedText text={stderr} label="Standard error" />
          </>
        ) : null}
        <p class="cut">{`exit code ${visibleLine(JSON.stringify(exitCode))}`}</p>
      </>
    );
  }
  return <BoundedText text={JSON.stringify(value, undefined, 2)} label="Output" />;
}

function isCommandOutput(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null && "stdout" in value && "stderr" in value && "exitCode" in value;
}

export function StepAttempts({
  spans,
  now,
}: {
  readonly spans: readonly Span[];
  readonly now: EpochMs;
}): JSX.Element | null {
  if (spans.length < 2) return null;
  return (
    <section>
      <h3>Attempts</h3>
      <ol class="attempts">
        {spans.map((span) => (
          <li key={`${span.attempt}-${span.startedAt}`} value={span.attempt}>
            {`${span.ended === "timedOut" ? "timed out" : (span.ended ?? "running")}, ${durationText((span.endedAt ?? now) - span.startedAt)}`}
          </li>
        ))}
      </ol>
    </section>
  );
}
