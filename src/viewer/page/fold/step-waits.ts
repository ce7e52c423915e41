import type { RecordedEvent } from "../../../domain/events.ts";
import type { GraphDocument } from "../../../domain/graph-document.ts";
import type { EpochMs, StepId } from "../../../domain/ids.ts";

/**
 * A time in which a step could not work: `slot` from when all that it depends on had ended until it was started, so it waited for
 * others to make room; `backoff` after an attempt that failed, until the next was due.
 */
export interface Wait {
  readonly step: StepId;
  readonly kind: "slot" | "backoff";
  readonly from: EpochMs;
  /** Undefined while it lasts. */
  readonly until: EpochMs | undefined;
}

interface Dependents {
  unmet: Map<StepId, number>;
  needs: Map<StepId, StepId[]>;
  after: Map<StepId, StepId[]>;
}

/** Folds a run's events, from the first, into the waits of its steps. */
export function waitsOf(events: Iterable<RecordedEvent>): readonly Wait[] {
  const waits: Wait[] = [];
  const open = new Map<StepId, number>();
  let { unmet, needs, after } = dependentsOf({ name: "", objective: "", steps: [] });
  for (const { event, at } of events) {
    switch (event.type) {
      case "run.started":
      case "run.forked":
        if (event.graph === undefined) break;
        ({ unmet, needs, after } = dependentsOf(event.graph));
        for (const [step, count] of unmet) if (count === 0) begin(step, "slot", at);
        break;
      case "step.started":
      case "step.resumed":
        end(event.step, at);
        break;
      case "step.retryScheduled":
        begin(event.step, "backoff", at);
        break;
      case "step.retryDue":
      case "step.interrupted":
        end(event.step, at);
        begin(event.step, "slot", at);
        break;
      case "step.succeeded":
        meet(needs.get(event.step), at);
        ended(event.step, at);
        break;
      case "step.failed":
      case "step.timedOut":
      case "step.canceled":
      case "step.blocked":
        ended(event.step, at);
        break;
      default:
        break;
    }
  }
  return waits;

  function ended(step: StepId, at: EpochMs): void {
    end(step, at);
    meet(after.get(step), at);
  }

  function meet(steps: readonly StepId[] = [], at: EpochMs): void {
    for (const step of steps) {
      const left = (unmet.get(step) ?? 1) - 1;
      unmet.set(step, left);
      if (left === 0) begin(step, "slot", at);
    }
  }

  function begin(step: StepId, kind: Wait["kind"], from: EpochMs): void {
    open.set(step, waits.length);
    waits.push({ step, kind, from, until: undefined });
  }

  function end(step: StepId, until: EpochMs): void {
    const index = open.get(step);
    if (index === undefined) return;
    open.delete(step);
    waits[index] = { ...waits[index]!, until };
  }
}

function dependentsOf(graph: GraphDocument): Dependents {
  const unmet = new Map<StepId, number>();
  const needs = new Map<StepId, StepId[]>();
  const after = new Map<StepId, StepId[]>();
  for (const step of graph.steps) {
    // What is needed and followed at once is one dependency, which only success meets.
    const needed = new Set(step.needs);
    const followed = (step.after ?? []).filter((id) => !needed.has(id));
    unmet.set(step.id, needed.size + followed.length);
    for (const id of needed) put(needs, id, step.id);
    for (const id of followed) put(after, id, step.id);
  }
  return { unmet, needs, after };
}

function put(lists: Map<StepId, StepId[]>, key: StepId, step: StepId): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [step]);
  else list.push(step);
}
