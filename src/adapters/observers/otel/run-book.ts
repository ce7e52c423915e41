import type { Event } from "../../../domain/events.ts";
import type { GraphDocument, StepDocument } from "../../../domain/graph-document.ts";
import type { EpochMs, StepId } from "../../../domain/ids.ts";
import type { RunPast } from "../../../ports/observer.ts";

interface StepTimes {
  startedAt: EpochMs | undefined;
  endedAt: EpochMs | undefined;
  /** When a retry, or a loss, made it ready once more. */
  readyAt: EpochMs | undefined;
}

/**
 * What traces and metrics both need of a run: its graph, and when each step became ready, started and ended. Times never go back, also
 * where the clock did: no span ends before it begins. Constant time an event, and at a start as many looks as the step has dependencies.
 */
export class RunBook {
  graph: GraphDocument = { name: "", objective: "", steps: [] };
  #startedAt: EpochMs = 0;
  #now: EpochMs = Number.NEGATIVE_INFINITY;
  #documents = new Map<StepId, StepDocument>();
  readonly #times = new Map<StepId, StepTimes>();
  readonly #isFromPast: boolean;

  constructor(past: RunPast | undefined) {
    this.#isFromPast = past !== undefined;
    if (past === undefined) return;
    this.#regraph(past.graph);
    this.#startedAt = past.startedAt;
    for (const { id } of past.graph.steps) {
      const { startedAt, endedAt } = past.step(id) ?? {};
      if (startedAt === undefined && endedAt === undefined) continue;
      this.#times.set(id, { startedAt, endedAt, readyAt: undefined });
    }
  }

  /** Takes note of an event, and gives its time in this book. */
  apply(event: Event, at: EpochMs): EpochMs {
    const now = (this.#now = Math.max(this.#now, at));
    switch (event.type) {
      case "run.started":
        this.#startedAt = now;
        this.#regraph(event.graph);
        break;
      case "run.forked":
        this.#startedAt = now;
        if (event.graph !== undefined) this.#regraph(event.graph);
        break;
      case "run.recovered":
        this.#readyFrom(now);
        break;
      case "step.started":
        this.#timesOf(event.step).startedAt = now;
        break;
      case "step.retryDue":
      case "step.interrupted":
        this.#timesOf(event.step).readyAt = now;
        break;
      case "step.succeeded":
      case "step.failed":
      case "step.timedOut":
      case "step.canceled":
      case "step.blocked":
        this.#timesOf(event.step).endedAt = now;
        break;
      case "run.settled":
        this.#times.clear();
        break;
      default:
        break;
    }
    return now;
  }

  get runStartedAt(): EpochMs {
    return this.#startedAt;
  }

  /** The newest time so far. */
  get now(): EpochMs {
    return this.#now;
  }

  stepOf(id: StepId): StepDocument | undefined {
    return this.#documents.get(id);
  }

  /** How long a step has been ready without a slot, when it starts. */
  waitMs(id: StepId, at: EpochMs): number {
    let readyAt = Math.max(this.#startedAt, this.#times.get(id)?.readyAt ?? 0);
    const { needs = [], after = [] } = this.#documents.get(id) ?? {};
    for (const dependency of needs) readyAt = Math.max(readyAt, this.#times.get(dependency)?.endedAt ?? 0);
    for (const dependency of after) readyAt = Math.max(readyAt, this.#times.get(dependency)?.endedAt ?? 0);
    return Math.max(0, at - readyAt);
  }

  /** When the newest attempt of a step started. */
  startedAt(id: StepId): EpochMs | undefined {
    return this.#times.get(id)?.startedAt;
  }

  /** Of a step that has run before and waits for a slot, an earlier owner knew since when: here it is since it was taken over. */
  #readyFrom(at: EpochMs): void {
    if (!this.#isFromPast) return;
    for (const times of this.#times.values()) if (times.endedAt === undefined) times.readyAt = at;
  }

  #regraph(graph: GraphDocument): void {
    this.graph = graph;
    this.#documents = new Map(graph.steps.map((step) => [step.id, step]));
  }

  #timesOf(id: StepId): StepTimes {
    let times = this.#times.get(id);
    if (times === undefined) {
      times = { startedAt: undefined, endedAt: undefined, readyAt: undefined };
      this.#times.set(id, times);
    }
    return times;
  }
}
