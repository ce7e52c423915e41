import { cursorAt } from "../domain/cursor.ts";
import { brokenInvariant, invariant } from "../domain/errors.ts";
import type { Event, Owner, Place } from "../domain/events.ts";
import type { GraphDocument } from "../domain/graph-document.ts";
import type { EpochMs, Position, RunId, RunLife, StepId } from "../domain/ids.ts";
import type { RunStatus, StepStatus } from "../domain/status.ts";
import { planOf } from "../machines/plan.ts";
import { activityOf } from "./activity.ts";
import type { RunSnapshot, StepCounts } from "./run-snapshot.ts";
import { snapshotOf } from "./run-snapshot.ts";
import { StepTable } from "./step-list.ts";
import { nextStep, pendingStep } from "./step-snapshot.ts";
import type { StepSnapshot } from "./step-snapshot.ts";

/**
 * Folds a run's events into what people look at. Constant time an event; a snapshot is made when one is asked for, and shares
 * all that has not changed with the one before.
 */
export class RunView {
  #started:
    | {
        readonly id: RunId;
        readonly life: RunLife;
        readonly graph: GraphDocument;
        readonly owner: Owner;
        readonly deadlineAt: EpochMs;
      }
    | undefined;
  #places: ReadonlyMap<string, Place> = new Map();
  #status: RunStatus = "running";
  #position: Position = 0;
  #startedAt: EpochMs = 0;
  #updatedAt: EpochMs = 0;
  #endedAt: EpochMs | undefined;
  #cleanupAt: EpochMs | undefined;
  #cancelReason: string | undefined;
  #isCleaned = false;
  #lastEvent: Event | undefined;
  #counts: Record<StepStatus, number> = noSteps();
  #sinks: readonly StepId[] = [];
  #steps = new StepTable([], new Map());
  #snapshot: RunSnapshot | undefined;

  get position(): Position {
    return this.#position;
  }

  /** Empty before the run's first event. */
  get life(): RunLife {
    return this.#started?.life ?? "";
  }

  get status(): RunStatus {
    return this.#status;
  }

  get steps(): Pick<StepTable, "at" | "length" | "numberOf"> {
    return this.#steps;
  }

  apply(event: Event, at: EpochMs): void {
    this.#position++;
    this.#updatedAt = at;
    this.#lastEvent = event;
    this.#snapshot = undefined;
    switch (event.type) {
      case "run.started": {
        const plan = planOf(event.graph);
        const { steps } = event.graph;
        const { run: id, life, graph, owner, deadlineAt } = event;
        this.#started = { id, life, graph, owner, deadlineAt };
        this.#places = new Map(event.places.map((place) => [place.cwd, place]));
        this.#startedAt = at;
        this.#steps = new StepTable(steps.map(pendingStep), plan.numberOf);
        this.#sinks = plan.sinks.map((number) => steps[number]!.id);
        this.#counts = { ...noSteps(), pending: steps.length };
        return;
      }
      case "run.cancelRequested":
        this.#status = "canceling";
        this.#cancelReason ??= event.reason;
        return;
      case "run.expired":
        this.#status = "canceling";
        return;
      case "run.settled":
        this.#status = event.status;
        this.#endedAt = at;
        this.#cleanupAt = event.cleanupAt;
        return;
      case "run.cleaned":
        this.#isCleaned = true;
        return;
      case "diagnostic.recorded":
      case "artifact.stored":
        return;
      default: {
        const number = this.#steps.numberOf(event.step);
        if (number === undefined) throw brokenInvariant(`an event names a step of its graph, not ${event.step}`);
        const before = this.#steps.at(number);
        const after = nextStep(before, event, at, this.#position);
        this.#steps.set(number, after);
        if (after.status !== before.status) {
          this.#counts[before.status]--;
          this.#counts[after.status]++;
        }
      }
    }
  }

  /** @throws `invariant.broken` before the run's first event. */
  snapshot(): RunSnapshot {
    if (this.#snapshot !== undefined) return this.#snapshot;
    invariant(this.#started !== undefined && this.#lastEvent !== undefined, "a snapshot is of a run that has started");
    const { id, life, graph, owner, deadlineAt } = this.#started;
    const counts: StepCounts = { ...this.#counts };
    this.#snapshot = snapshotOf({
      id,
      life,
      graph,
      owner,
      status: this.#status,
      position: this.#position,
      cursor: cursorAt(id, life, this.#position),
      startedAt: this.#startedAt,
      updatedAt: this.#updatedAt,
      endedAt: this.#endedAt,
      deadlineAt,
      cleanupAt: this.#cleanupAt,
      cancelReason: this.#cancelReason,
      isCleaned: this.#isCleaned,
      counts,
      activity: lineOf(this.#lastEvent),
      sinks: this.#sinks,
      steps: this.#steps.snapshot(),
    });
    return this.#snapshot;
  }

  /** A working directory as it was when the run started. */
  place(cwd: string | undefined): Place | undefined {
    return cwd === undefined ? undefined : this.#places.get(cwd);
  }

  step(id: StepId): StepSnapshot | undefined {
    const number = this.#steps.numberOf(id);
    return number === undefined ? undefined : this.#steps.at(number);
  }
}

function lineOf(event: Event): string {
  const isOfStep = "step" in event && event.step !== undefined;
  return isOfStep ? `${event.step}: ${activityOf(event)}` : activityOf(event);
}

function noSteps(): Record<StepStatus, number> {
  return { pending: 0, running: 0, succeeded: 0, failed: 0, blocked: 0, timedOut: 0, canceled: 0 };
}
