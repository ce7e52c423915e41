import type { RecordedEvent } from "../domain/events.ts";
import type { EpochMs, StepId } from "../domain/ids.ts";
import type { RunStatus } from "../domain/status.ts";

/** One attempt of one step. */
export interface Span {
  readonly step: StepId;
  readonly attempt: number;
  readonly startedAt: EpochMs;
  /** Undefined while it runs. */
  readonly endedAt: EpochMs | undefined;
  readonly ended: "succeeded" | "failed" | "timedOut" | "canceled" | "retried" | "interrupted" | undefined;
}

/** When what ran: every attempt in the order of its start. */
export interface Timeline {
  readonly startedAt: EpochMs | undefined;
  readonly endedAt: EpochMs | undefined;
  readonly status: RunStatus | undefined;
  readonly spans: readonly Span[];
}

/** Folds a run's events, from the first, into its timeline. */
export function timelineOf(events: Iterable<RecordedEvent>): Timeline {
  const spans: Span[] = [];
  const running = new Map<StepId, number>();
  let startedAt: EpochMs | undefined;
  let endedAt: EpochMs | undefined;
  let status: RunStatus | undefined;
  for (const { event, at } of events) {
    switch (event.type) {
      case "run.started":
        startedAt = at;
        status = "running";
        break;
      case "run.settled":
        endedAt = at;
        status = event.status;
        break;
      case "step.started":
      case "step.resumed":
        running.set(event.step, spans.length);
        spans.push({ step: event.step, attempt: event.attempt, startedAt: at, endedAt: undefined, ended: undefined });
        break;
      case "step.succeeded":
        end(event.step, at, "succeeded");
        break;
      case "step.failed":
        end(event.step, at, "failed");
        break;
      case "step.timedOut":
        end(event.step, at, "timedOut");
        break;
      case "step.canceled":
        end(event.step, at, "canceled");
        break;
      case "step.retryScheduled":
        end(event.step, at, "retried");
        break;
      case "step.interrupted":
        end(event.step, at, "interrupted");
        break;
      default:
        break;
    }
  }
  return { startedAt, endedAt, status, spans };

  function end(step: StepId, at: EpochMs, ended: Span["ended"]): void {
    const index = running.get(step);
    if (index === undefined) return;
    running.delete(step);
    spans[index] = { ...spans[index]!, endedAt: at, ended };
  }
}
