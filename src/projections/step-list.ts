import type { StepId } from "../domain/ids.ts";
import type { StepSnapshot } from "./step-snapshot.ts";

/** Gives a step's number in declared order. */
type Numbers = { get(id: StepId): number | undefined };

const chunkBits = 6;
const chunkSize = 1 << chunkBits;

/**
 * The steps of one snapshot, in declared order. Immutable, and cheap to make: it shares every chunk of 64 steps that did not
 * change with the snapshot before, so taking one after each event costs the same in a small run and in a large one.
 */
export class StepList implements Iterable<StepSnapshot> {
  readonly length: number;
  readonly #chunks: readonly (readonly StepSnapshot[])[];
  readonly #numberOf: Numbers;

  /** @internal */
  constructor(chunks: readonly (readonly StepSnapshot[])[], numberOf: Numbers, length: number) {
    this.#chunks = chunks;
    this.#numberOf = numberOf;
    this.length = length;
  }

  /** The step of a number in declared order, from 0. */
  at(number: number): StepSnapshot | undefined {
    // Bit operations wrap around: a number far outside would give some step all the same.
    if (!(number >= 0 && number < this.length)) return undefined;
    return this.#chunks[number >>> chunkBits]?.[number & (chunkSize - 1)];
  }

  get(id: StepId): StepSnapshot | undefined {
    const number = this.#numberOf.get(id);
    return number === undefined ? undefined : this.at(number);
  }

  *[Symbol.iterator](): Generator<StepSnapshot> {
    for (const chunk of this.#chunks) yield* chunk;
  }

  toJSON(): readonly StepSnapshot[] {
    return [...this];
  }
}

/** Steps that change in place, and can be had as an immutable {@link StepList} at any time. */
export class StepTable {
  #chunks: StepSnapshot[][] = [];
  // Chunks, and the list of chunks itself, are copied before they change if a snapshot may hold them.
  readonly #isShared: Uint8Array;
  #isListShared = false;
  readonly #numberOf: Numbers;
  readonly length: number;

  constructor(steps: readonly StepSnapshot[], numberOf: Numbers) {
    for (let start = 0; start < steps.length; start += chunkSize) {
      this.#chunks.push(steps.slice(start, start + chunkSize));
    }
    this.#isShared = new Uint8Array(this.#chunks.length);
    this.#numberOf = numberOf;
    this.length = steps.length;
  }

  numberOf(id: StepId): number | undefined {
    return this.#numberOf.get(id);
  }

  at(number: number): StepSnapshot {
    return this.#chunks[number >>> chunkBits]![number & (chunkSize - 1)]!;
  }

  set(number: number, step: StepSnapshot): void {
    const index = number >>> chunkBits;
    if (this.#isListShared) {
      // From here on this list is ours again, and every chunk in it is shared with the snapshot.
      this.#chunks = this.#chunks.slice();
      this.#isShared.fill(1);
      this.#isListShared = false;
    }
    if (this.#isShared[index] === 1) {
      this.#chunks[index] = this.#chunks[index]!.slice();
      this.#isShared[index] = 0;
    }
    this.#chunks[index]![number & (chunkSize - 1)] = step;
  }

  snapshot(): StepList {
    this.#isListShared = true;
    return new StepList(this.#chunks, this.#numberOf, this.length);
  }
}
