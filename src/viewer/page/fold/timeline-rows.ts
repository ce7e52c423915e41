import type { RecordedEvent } from "../../../domain/events.ts";
import type { EpochMs, StepId } from "../../../domain/ids.ts";
import type { RunSnapshot } from "../../../projections/run-snapshot.ts";
import type { StepSnapshot } from "../../../projections/step-snapshot.ts";
import { timelineOf, type Span } from "../../../projections/timeline.ts";
import { withPastTimes } from "./past-times.ts";
import { waitsOf, type Wait } from "./step-waits.ts";

/** One step's line in the timeline. */
export interface TimelineRow {
  readonly step: StepSnapshot;
  readonly spans: readonly Span[];
  readonly waits: readonly Wait[];
}

export interface TimelineRows {
  readonly startedAt: EpochMs;
  readonly rows: readonly TimelineRow[];
}

/** Every step, in the order in which they were first started; those that were not follow as they are declared. */
export function timelineRowsOf(events: () => Iterable<RecordedEvent>, run: RunSnapshot): TimelineRows {
  const spans = byStep(timelineOf(withPastTimes(events())).spans);
  const waits = byStep(waitsOf(events()));
  const started: TimelineRow[] = [];
  const waiting: TimelineRow[] = [];
  for (const id of spans.keys()) put(id, started);
  for (const step of run.steps) if (!spans.has(step.id)) put(step.id, waiting);
  return { startedAt: run.startedAt, rows: [...started, ...waiting] };

  function put(id: StepId, rows: TimelineRow[]): void {
    const step = run.steps.get(id);
    if (step !== undefined) rows.push({ step, spans: spans.get(id) ?? [], waits: waits.get(id) ?? [] });
  }
}

function byStep<Entry extends { readonly step: StepId }>(entries: readonly Entry[]): Map<StepId, Entry[]> {
  const lists = new Map<StepId, Entry[]>();
  for (const entry of entries) {
    const list = lists.get(entry.step);
    if (list === undefined) lists.set(entry.step, [entry]);
    else list.push(entry);
  }
  return lists;
}
