import type { Event } from "../domain/events.ts";
import type { StepId } from "../domain/ids.ts";
import type { StepStatus } from "../domain/status.ts";
import type { Failure } from "../domain/failure.ts";
import type { StoredOutput } from "../domain/output.ts";
import type { GraphDocument } from "../domain/graph-document.ts";
import type { Edges, Plan } from "../machines/plan.ts";
import { degree, planOf } from "../machines/plan.ts";

/** What a step hands to those that depend on it. */
export interface Handover {
  readonly step: StepId;
  readonly status: StepStatus;
  readonly output?: StoredOutput;
  readonly partial?: StoredOutput;
  readonly failure?: Failure;
  /** Why a step that never ran did not. */
  readonly reason?: string;
}

/** What the end of a step hands on; undefined for an event that is none. */
export function handoverOf(event: Event): Handover | undefined {
  switch (event.type) {
    case "step.succeeded":
      return { step: event.step, status: "succeeded", output: event.output };
    case "step.failed":
    case "step.timedOut":
      return {
        step: event.step,
        status: event.type === "step.failed" ? "failed" : "timedOut",
        failure: event.failure,
        ...(event.partial === undefined ? {} : { partial: event.partial }),
      };
    case "step.canceled":
      return {
        step: event.step,
        status: "canceled",
        failure: event.failure ?? { kind: "aborted", message: event.reason },
        ...(event.attempt === 0 ? { reason: event.reason } : {}),
        ...(event.partial === undefined ? {} : { partial: event.partial }),
      };
    case "step.blocked": {
      const reason = `Blocked by ${event.by.map(({ step }) => step).join(", ")}.`;
      return { step: event.step, status: "blocked", failure: { kind: "aborted", message: reason }, reason };
    }
    default:
      return undefined;
  }
}

/**
 * What ended steps hand on, kept for just as long as a dependent may still start. A run of 100 000 steps so holds the outputs
 * along its front, not all of them; whoever wants another one reads it from the journal.
 */
export class Frontier {
  #plan: Plan = planOf({ name: "", objective: "", steps: [] });
  /** By the step's number. */
  #handovers: (Handover | undefined)[] = [];
  #size = 0;
  /** How many dependents of each step have not ended. */
  #waiting = new Int32Array(0);
  /** Which steps have ended. */
  #ended = new Uint8Array(0);

  /** A frontier that knows who has ended, but none of what they hand on: {@link gaps} names what it lacks. */
  static restore(graph: GraphDocument, hasEnded: (step: number) => boolean): Frontier {
    const frontier = new Frontier();
    frontier.#begin(graph, hasEnded);
    return frontier;
  }

  /** Hand-overs held right now. */
  get size(): number {
    return this.#size;
  }

  apply(event: Event): void {
    switch (event.type) {
      case "run.started":
        this.#begin(event.graph, () => false);
        return;
      case "run.forked":
        if (event.graph !== undefined) this.#regraph(event.graph);
        return;
      case "run.settled":
        this.#handovers = [];
        this.#size = 0;
        return;
      default: {
        const handover = handoverOf(event);
        if (handover !== undefined) this.#end(handover);
      }
    }
  }

  /** What a step is handed: its needs in their order, then what it comes after, each step once. */
  handoversTo(step: StepId): readonly Handover[] {
    const number = this.#plan.numberOf.get(step);
    if (number === undefined) return [];
    const found: Handover[] = [];
    this.#collect(this.#plan.needs, number, found);
    if (degree(this.#plan.after, number) === 0) return found;
    this.#collect(this.#plan.after, number, found);
    return [...new Set(found)];
  }

  /**
   * Ended steps whose hand-over someone still waits for, and that is not here: after {@link restore}, and after a fork whose
   * edited graph needs what nobody needed before.
   */
  gaps(): readonly StepId[] {
    const missing: StepId[] = [];
    for (let step = 0; step < this.#ended.length; step++) {
      const isMissing = this.#ended[step] === 1 && this.#waiting[step]! > 0 && this.#handovers[step] === undefined;
      if (isMissing) missing.push(this.#plan.ids[step]!);
    }
    return missing;
  }

  /** Fills a gap with what the journal says of the step's end. */
  supply(handover: Handover): void {
    const step = this.#plan.numberOf.get(handover.step);
    if (step === undefined || this.#handovers[step] !== undefined || this.#waiting[step] === 0) return;
    this.#handovers[step] = handover;
    this.#size++;
  }

  /** Holds a hand-over that nobody of this graph waits for, because an edited graph is about to come that needs it. */
  keep(handover: Handover): void {
    const step = this.#plan.numberOf.get(handover.step);
    if (step === undefined || this.#handovers[step] !== undefined) return;
    this.#handovers[step] = handover;
    this.#size++;
  }

  #begin(graph: GraphDocument, hasEnded: (step: number) => boolean): void {
    const plan = planOf(graph);
    const size = plan.steps.length;
    this.#plan = plan;
    this.#handovers = Array.from({ length: size });
    this.#size = 0;
    this.#waiting = new Int32Array(size);
    this.#ended = new Uint8Array(size);
    for (let step = 0; step < size; step++) {
      if (hasEnded(step)) {
        this.#ended[step] = 1;
        continue;
      }
      this.#count(plan.needs, step);
      this.#count(plan.after, step);
    }
  }

  #count({ offsets, targets }: Edges, from: number): void {
    for (let edge = offsets[from]!; edge < offsets[from + 1]!; edge++) this.#waiting[targets[edge]!]!++;
  }

  #regraph(graph: GraphDocument): void {
    const plan = this.#plan;
    const ended = this.#ended;
    const handovers = this.#handovers;
    this.#begin(graph, (step) => {
      const before = plan.numberOf.get(graph.steps[step]!.id);
      return before !== undefined && ended[before] === 1;
    });
    for (const handover of handovers) if (handover !== undefined) this.supply(handover);
  }

  #collect({ offsets, targets }: Edges, from: number, into: Handover[]): void {
    for (let edge = offsets[from]!; edge < offsets[from + 1]!; edge++) {
      const handover = this.#handovers[targets[edge]!];
      if (handover !== undefined) into.push(handover);
    }
  }

  #end(handover: Handover): void {
    const number = this.#plan.numberOf.get(handover.step)!;
    this.#ended[number] = 1;
    this.supply(handover);
    this.#release(this.#plan.needs, number);
    this.#release(this.#plan.after, number);
  }

  #release({ offsets, targets }: Edges, from: number): void {
    for (let edge = offsets[from]!; edge < offsets[from + 1]!; edge++) {
      const dependency = targets[edge]!;
      if (--this.#waiting[dependency]! > 0 || this.#handovers[dependency] === undefined) continue;
      this.#handovers[dependency] = undefined;
      this.#size--;
    }
  }
}
