import type { EpochMs } from "../../domain/ids.ts";
import type { Timer } from "../../ports/clock.ts";

/** A timer that waits for its time. */
export interface ArmedTimer {
  readonly at: EpochMs;
  readonly fire: () => void;
}

class Entry implements ArmedTimer, Timer {
  readonly at: EpochMs;
  readonly order: number;
  readonly fire: () => void;
  readonly #cancelled: () => void;
  isOver = false;

  constructor(at: EpochMs, order: number, fire: () => void, cancelled: () => void) {
    this.at = at;
    this.order = order;
    this.fire = fire;
    this.#cancelled = cancelled;
  }

  cancel(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.#cancelled();
  }
}

/**
 * Timers by their time, those of one time in the order in which they were armed: a binary heap. A cancelled timer stays until
 * it comes up, so cancelling takes no time.
 */
export class TimerHeap {
  readonly #heap: Entry[] = [];
  #armed = 0;
  #size = 0;

  /** Timers that were neither cancelled nor removed. */
  get size(): number {
    return this.#size;
  }

  add(at: EpochMs, fire: () => void): Timer {
    const entry = new Entry(at, this.#armed++, fire, () => this.#size--);
    this.#size++;
    let index = this.#heap.push(entry) - 1;
    for (; index > 0; index = (index - 1) >>> 1) {
      const parent = this.#heap[(index - 1) >>> 1]!;
      if (isBefore(parent, entry)) break;
      this.#heap[index] = parent;
    }
    this.#heap[index] = entry;
    return entry;
  }

  first(): ArmedTimer | undefined {
    while (this.#heap[0]?.isOver === true) this.#pop();
    return this.#heap[0];
  }

  removeFirst(): void {
    this.first();
    const entry = this.#pop();
    if (entry === undefined) return;
    entry.isOver = true;
    this.#size--;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (let child = 1; child < heap.length; child = index * 2 + 1) {
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (isBefore(last, heap[child]!)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(one: Entry, other: Entry): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}
