import type { StepId } from "../domain/ids.ts";

/**
 * The number of each step in declared order. Whoever handles an event asks for the same step several times in a row, so the last
 * answer is kept: in a graph that does not fit the processor's cache a look-up in the map costs more than the rest of a fold.
 */
export class StepNumbers {
  readonly #numbers: ReadonlyMap<StepId, number>;
  #lastId: StepId = "";
  #lastNumber = -1;

  constructor(ids: Iterable<StepId>) {
    const numbers = new Map<StepId, number>();
    for (const id of ids) numbers.set(id, numbers.size);
    this.#numbers = numbers;
  }

  get(id: StepId): number | undefined {
    if (id === this.#lastId && this.#lastNumber !== -1) return this.#lastNumber;
    const number = this.#numbers.get(id);
    if (number === undefined) return undefined;
    this.#lastId = id;
    this.#lastNumber = number;
    return number;
  }
}
