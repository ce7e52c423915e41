import type { JSX } from "preact";
import type { EpochMs } from "../../../domain/ids.ts";
import type { Span } from "../../../projections/timeline.ts";
import type { Wait } from "../fold/step-waits.ts";
import type { TimelineRow } from "../fold/timeline-rows.ts";
import { durationText, statusText } from "../text/format.ts";
import { visibleLine } from "../text/visible-text.ts";
import { StatusSign } from "./status-mark.tsx";

export interface Scale {
  readonly from: EpochMs;
  readonly span: number;
  /** Until when what has not ended is drawn. */
  readonly now: EpochMs;
}

interface Props {
  readonly row: TimelineRow;
  readonly scale: Scale;
  readonly isSelected: boolean;
  readonly onChoose: () => void;
}

/** One step: its name, and a bar for each attempt and each wait. */
export function TimelineLine({ row: { step, spans, waits }, scale, isSelected, onChoose }: Props): JSX.Element {
  const name = visibleLine(step.id);
  const worked = spans.reduce((sum, span) => sum + ((span.endedAt ?? scale.now) - span.startedAt), 0);
  return (
    <div
      class={`line ${isSelected ? "selected" : ""}`}
      role="row"
      aria-current={isSelected ? "true" : undefined}
      onClick={onChoose}
    >
      <span class="line-label" role="rowheader">
        <StatusSign status={step.status} />
        <button type="button" class="link" aria-label={`${name}, ${statusText(step.status)}`} title={name}>
          {name}
        </button>
        <span class="took">{spans.length === 0 ? "" : durationText(worked)}</span>
      </span>
      <span class="line-track" role="cell" aria-label={spokenTrack(spans, waits, scale)}>
        {waits.map((wait) => (
          <i
            key={`${wait.kind}${wait.from}`}
            class={`bar-piece ${wait.kind}`}
            style={placed(scale, wait.from, wait.until)}
            title={`${waitTexts[wait.kind]}: ${durationText((wait.until ?? scale.now) - wait.from)}`}
          />
        ))}
        {spans.map((span) => (
          <i
            key={`${span.attempt}-${span.startedAt}`}
            class={`bar-piece attempt status-${colorOf(span)}`}
            style={placed(scale, span.startedAt, span.endedAt)}
            title={`attempt ${span.attempt}, ${endText(span)}: ${durationText((span.endedAt ?? scale.now) - span.startedAt)}`}
          />
        ))}
      </span>
    </div>
  );
}

const waitTexts = { slot: "waited for a slot", backoff: "waited to retry" } as const;

function endText({ ended }: Span): string {
  if (ended === undefined) return "running";
  return ended === "timedOut" ? "timed out" : ended === "retried" ? "failed, retried" : ended;
}

function colorOf({ ended }: Span): string {
  if (ended === undefined) return "running";
  if (ended === "retried") return "failed";
  return ended === "interrupted" ? "canceled" : ended;
}

function spokenTrack(spans: readonly Span[], waits: readonly Wait[], { now }: Scale): string {
  if (spans.length === 0) return waits.length === 0 ? "not started" : "waits for a slot";
  return spans
    .map((span) => `attempt ${span.attempt} ${endText(span)}, ${durationText((span.endedAt ?? now) - span.startedAt)}`)
    .join("; ");
}

/** What a fork's past did was before the fork began, and stands at its beginning. */
function placed({ from, span, now }: Scale, start: EpochMs, end: EpochMs | undefined): { left: string; width: string } {
  const left = Math.max(0, ((start - from) / span) * 100);
  const width = Math.max(0, (((end ?? now) - Math.max(from, start)) / span) * 100);
  return { left: `${left.toFixed(3)}%`, width: `${width.toFixed(3)}%` };
}
