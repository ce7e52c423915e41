/**
 * A set of small integers that gives its smallest member at once: the ready queue in declared order.
 *
 * A tree of 32-bit words: bit i of level 0 says that i is a member, bit j of level k + 1 says that word j of level k is not 0.
 * `add`, `delete` and `first` touch one word a level, at most four at 100 000 members.
 */
export class ReadySet {
  readonly #levels: Uint32Array[] = [];
  #size = 0;

  /** Members are at least 0 and below `capacity`. */
  constructor(capacity: number) {
    let words = Math.max(1, capacity);
    do {
      words = Math.ceil(words / 32);
      this.#levels.push(new Uint32Array(words));
    } while (words > 1);
  }

  get size(): number {
    return this.#size;
  }

  has(member: number): boolean {
    return (this.#levels[0]![member >>> 5]! & (1 << (member & 31))) !== 0;
  }

  add(member: number): void {
    if (this.has(member)) return;
    this.#size++;
    let index = member;
    for (const level of this.#levels) {
      const before = level[index >>> 5]!;
      level[index >>> 5] = before | (1 << (index & 31));
      // A word that already had a bit is already known above.
      if (before !== 0) return;
      index >>>= 5;
    }
  }

  delete(member: number): void {
    if (!this.has(member)) return;
    this.#size--;
    let index = member;
    for (const level of this.#levels) {
      const left = level[index >>> 5]! & ~(1 << (index & 31));
      level[index >>> 5] = left;
      if (left !== 0) return;
      index >>>= 5;
    }
  }

  /** The smallest member, or -1 of an empty set. */
  first(): number {
    if (this.#size === 0) return -1;
    let index = 0;
    for (let depth = this.#levels.length - 1; depth >= 0; depth--) {
      const word = this.#levels[depth]![index]!;
      index = index * 32 + (31 - Math.clz32(word & -word));
    }
    return index;
  }
}
