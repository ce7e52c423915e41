import type { Event } from "../domain/events.ts";
import type { StepId } from "../domain/ids.ts";
import type { StepStatus } from "../domain/status.ts";
import type { Failure } from "../domain/failure.ts";
import type { StoredOutput } from "../domain/output.ts";
import type { Edges, Plan } from "../machines/plan.ts";
import { degree, planOf } from "../machines/plan.ts";

/** What a step hands to those that depend on it. */
export interface Handover {
  readonly step: StepId;
  readonly status: StepStatus;
  readonly output?: StoredOutput;
  readonly partial?: StoredOutput;
  readonly failure?: Failure;
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

  /** Hand-overs held right now. */
  get size(): number {
    return this.#size;
  }

  apply(event: Event): void {
    switch (event.type) {
      case "run.started":
        this.#plan = planOf(event.graph);
        this.#handovers = Array.from({ length: this.#plan.steps.length });
        this.#waiting = Int32Array.from(
          this.#plan.steps,
          (_step, number) => degree(this.#plan.neededBy, number) + degree(this.#plan.followedBy, number),
        );
        return;
      case "step.succeeded":
        this.#end(event.step, { step: event.step, status: "succeeded", output: event.output });
        return;
      case "step.failed":
      case "step.timedOut":
        this.#end(event.step, {
          step: event.step,
          status: event.type === "step.failed" ? "failed" : "timedOut",
          failure: event.failure,
          ...(event.partial === undefined ? {} : { partial: event.partial }),
        });
        return;
      case "step.canceled":
        this.#end(event.step, {
          step: event.step,
          status: "canceled",
          failure: event.failure ?? { kind: "aborted", message: event.reason },
          ...(event.partial === undefined ? {} : { partial: event.partial }),
        });
        return;
      case "step.blocked":
        this.#end(event.step, {
          step: event.step,
          status: "blocked",
          failure: { kind: "aborted", message: `Blocked by ${event.by.map(({ step }) => step).join(", ")}.` },
        });
        return;
      case "run.settled":
        this.#handovers = [];
        this.#size = 0;
        return;
      default:
        return;
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

  #collect({ offsets, targets }: Edges, from: number, into: Handover[]): void {
    for (let edge = offsets[from]!; edge < offsets[from + 1]!; edge++) {
      const handover = this.#handovers[targets[edge]!];
      if (handover !== undefined) into.push(handover);
    }
  }

  #end(step: StepId, handover: Handover): void {
    const number = this.#plan.numberOf.get(step)!;
    if (this.#waiting[number]! > 0) {
      this.#handovers[number] = handover;
      this.#size++;
    }
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
