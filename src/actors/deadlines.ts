import type { EpochMs } from "../domain/ids.ts";
import type { Clock, Timer } from "../ports/clock.ts";

/** Something that may not last beyond a time. */
export interface Deadline {
  readonly deadlineAt: EpochMs;
  /** Whether it ended by itself, so that its deadline no longer matters. */
  readonly isOver: boolean;
  passDeadline(): void;
}

/**
 * Many deadlines behind one timer: a binary heap, earliest first. What is over stays in the heap until it comes up or until
 * half of the heap is over, so ending costs nothing and adding, in the usual order of time, next to nothing.
 */
export class Deadlines {
  readonly #clock: Clock;
  #heap: Deadline[] = [];
  #timer: Timer | undefined;
  #timerAt: EpochMs = Number.POSITIVE_INFINITY;
  #compactAt = 64;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(deadline: Deadline): void {
    if (this.#heap.length >= this.#compactAt) this.#compact();
    this.#heap.push(deadline);
    this.#rise(this.#heap.length - 1);
    this.#arm();
  }

  clear(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.#heap = [];
  }

  #arm(): void {
    const first = this.#heap[0];
    if (first === undefined || first.deadlineAt >= this.#timerAt) return;
    this.#timer?.cancel();
    this.#timerAt = first.deadlineAt;
    this.#timer = this.#clock.setTimer(first.deadlineAt, () => this.#fire());
  }

  #fire(): void {
    this.#timer = undefined;
    this.#timerAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (!first.isOver) {
        if (first.deadlineAt > now) break;
        first.passDeadline();
      }
      this.#removeFirst();
    }
    this.#arm();
  }

  /** Linear, and only after as many additions as there are entries: constant for each addition. */
  #compact(): void {
    this.#heap = this.#heap.filter((deadline) => !deadline.isOver);
    for (let index = (this.#heap.length >>> 1) - 1; index >= 0; index--) this.#sink(index);
    this.#compactAt = Math.max(64, this.#heap.length * 2);
  }

  #removeFirst(): void {
    const last = this.#heap.pop()!;
    if (this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #rise(start: number): void {
    const heap = this.#heap;
    const moving = heap[start]!;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >>> 1;
      if (heap[parent]!.deadlineAt <= moving.deadlineAt) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = moving;
  }

  #sink(start: number): void {
    const heap = this.#heap;
    const moving = heap[start]!;
    let index = start;
    for (;;) {
      let child = index * 2 + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1]!.deadlineAt < heap[child]!.deadlineAt) child++;
      if (heap[child]!.deadlineAt >= moving.deadlineAt) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = moving;
  }
}
