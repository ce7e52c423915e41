import { seededEntropy } from "runfold/testing";

/** All chance of a simulation comes from one of these, so that one seed gives one history. */
export class Chance {
  readonly #fraction: () => number;

  constructor(seed: number) {
    this.#fraction = seededEntropy(seed).fraction;
  }

  /** At least 0, below 1. */
  fraction(): number {
    return this.#fraction();
  }

  /** A whole number, at least 0 and below `end`. */
  below(end: number): number {
    return Math.floor(this.#fraction() * end);
  }

  /** Whether something happens that happens so many times in a hundred. */
  happens(percent: number): boolean {
    return percent > 0 && this.#fraction() * 100 < percent;
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}
