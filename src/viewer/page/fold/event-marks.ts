import type { RecordedEvent } from "../../../domain/events.ts";
import type { Position } from "../../../domain/ids.ts";

/** How much happened in each part of a run, for the strip above the slider. */
export interface EventMarks {
  /** Milliseconds that passed from the first event of the part to the first of the next: where they are many, the run waited. */
  readonly passedMs: readonly number[];
  /** Whether an attempt failed or ran out of time in the part. */
  readonly hasFailure: readonly boolean[];
}

const failures = new Set(["step.failed", "step.timedOut", "step.retryScheduled"]);

/** The parts are equal in events, as the slider is. Asks for each event once. */
export function eventMarksOf(
  at: (position: Position) => RecordedEvent | undefined,
  head: Position,
  parts: number,
): EventMarks {
  const passedMs = Array.from({ length: parts }, () => 0);
  const hasFailure = Array.from({ length: parts }, () => false);
  let before: RecordedEvent | undefined;
  for (let position = 1; position <= head; position++) {
    const recorded = at(position)!;
    const part = Math.min(parts - 1, Math.floor(((position - 1) / Math.max(1, head - 1)) * parts));
    passedMs[part]! += Math.max(0, recorded.at - (before?.at ?? recorded.at));
    if (failures.has(recorded.event.type)) hasFailure[part] = true;
    before = recorded;
  }
  return { passedMs, hasFailure };
}
