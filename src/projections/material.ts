import type { Event } from "../domain/events.ts";
import type { Position, StepId } from "../domain/ids.ts";

/** Whom an event wakes: everyone, those who wait for the whole run and for that step, or only those who wait for that step. */
export type Audience =
  | { readonly wakes: "everyone" }
  | { readonly wakes: "runAndStep"; readonly step: StepId }
  | { readonly wakes: "stepOnly"; readonly step: StepId };

const everyone: Audience = { wakes: "everyone" };

/**
 * Whom an event wakes from a bounded wait, or undefined: the material events.
 *
 * The run's end, a cancel request and a passed deadline wake everyone. The end of a step wakes whoever waits for it; whoever
 * waits for the run is woken too if the step did not succeed, or is a sink. A diagnostic of severity `error` wakes like a step's
 * failure, and everyone if it has no step. Progress, starts and retries wake nobody.
 */
export function audienceOf(event: Event, isSink: (step: StepId) => boolean): Audience | undefined {
  switch (event.type) {
    case "run.settled":
    case "run.cancelRequested":
    case "run.expired":
      return everyone;
    case "diagnostic.recorded":
      if (event.severity !== "error") return undefined;
      return event.step === undefined ? everyone : { wakes: "runAndStep", step: event.step };
    case "step.succeeded":
      return { wakes: isSink(event.step) ? "runAndStep" : "stepOnly", step: event.step };
    case "step.failed":
    case "step.timedOut":
    case "step.canceled":
    case "step.blocked":
      return { wakes: "runAndStep", step: event.step };
    default:
      return undefined;
  }
}

/** The index as JSON. */
export interface SavedMaterial {
  readonly forRun: readonly Position[];
  readonly beside: readonly { readonly position: Position; readonly step?: StepId | undefined }[];
}

/**
 * Where a run's material events stand, so that a wait with a cursor knows at once whether it was overtaken: positions alone,
 * for the events themselves are in the journal.
 */
export class MaterialIndex {
  /** Positions that wake a wait for the run, ascending. */
  readonly #forRun: Position[] = [];
  /** Positions that wake everyone, or a wait for one step beside its end; few, and bounded by the diagnostics of a run. */
  readonly #beside: { readonly position: Position; readonly step: StepId | undefined }[] = [];

  save(): SavedMaterial {
    return { forRun: this.#forRun, beside: this.#beside };
  }

  static restore({ forRun, beside }: SavedMaterial): MaterialIndex {
    const index = new MaterialIndex();
    for (const position of forRun) index.#forRun.push(position);
    for (const entry of beside) index.#beside.push({ position: entry.position, step: entry.step });
    return index;
  }

  add(audience: Audience, event: Event, position: Position): void {
    if (audience.wakes !== "stepOnly") this.#forRun.push(position);
    if (audience.wakes === "everyone") this.#beside.push({ position, step: undefined });
    else if (event.type === "diagnostic.recorded") this.#beside.push({ position, step: audience.step });
  }

  /** Positions after `after` that wake a wait for the run, ascending; a slice, so linear in its answer. */
  forRun(after: Position): readonly Position[] {
    let low = 0;
    let high = this.#forRun.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#forRun[middle]! <= after) low = middle + 1;
      else high = middle;
    }
    return this.#forRun.slice(low);
  }

  /** Likewise for a wait for one step, whose own end is at `endedAt` if it has come. */
  forStep(step: StepId, endedAt: Position | undefined, after: Position): readonly Position[] {
    const positions = this.#beside
      .filter((entry) => entry.position > after && (entry.step === undefined || entry.step === step))
      .map((entry) => entry.position);
    if (endedAt !== undefined && endedAt > after) positions.push(endedAt);
    return positions.toSorted((left, right) => left - right);
  }
}
