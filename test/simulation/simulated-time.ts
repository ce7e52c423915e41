import type { Clock, Timer } from "../../src/ports/clock.ts";
import type { Chance } from "./chance.ts";

/** Something that will happen: in the world, or in one process, which it does not reach while that is suspended, or once it is dead. */
interface Task {
  readonly at: number;
  readonly clock: ProcessClock | undefined;
  /** Whether `at` is a time of the process's own clock, which goes wrong. */
  readonly isOwnTime: boolean;
  readonly happen: () => void;
}

/**
 * The time of the whole simulation, and all that is still to happen in it. One thing happens at a time, and everything that follows
 * from it at once is over before the next; what is due together comes in an order that chance decides.
 */
export class SimulatedTime {
  now = 1_000_000;
  readonly #chance: Chance;
  #tasks: Task[] = [];

  constructor(chance: Chance) {
    this.#chance = chance;
  }

  /** Something that happens in the world after so long, or, with a clock, in its process. */
  after(ms: number, happen: () => void, clock?: ProcessClock): Timer {
    return this.add({ at: this.now + ms, clock, isOwnTime: false, happen });
  }

  add(task: Task): Timer {
    this.#tasks.push(task);
    return {
      cancel: () => {
        const place = this.#tasks.indexOf(task);
        if (place !== -1) this.#tasks.splice(place, 1);
      },
    };
  }

  /** When the next thing happens; undefined where nothing ever will. */
  nextAt(): number | undefined {
    let first: number | undefined;
    for (const task of this.#tasks) first = Math.min(first ?? Number.POSITIVE_INFINITY, this.#dueAt(task));
    return first;
  }

  /** Lets the next thing happen, and all that follows from it at once. Whether there was one by `until`. */
  async step(until: number): Promise<boolean> {
    let task = this.#takeNext(until);
    if (task === undefined) {
      // What was just called may be about to ask for something.
      await settle();
      task = this.#takeNext(until);
    }
    if (task === undefined) {
      this.now = Math.max(this.now, Math.min(until, this.nextAt() ?? until));
      return false;
    }
    task.happen();
    await settle();
    return true;
  }

  /** What was to happen in a dead process never does. */
  forget(clock: ProcessClock): void {
    this.#tasks = this.#tasks.filter((task) => task.clock !== clock);
  }

  #takeNext(until: number): Task | undefined {
    let chosen = -1;
    let due = until;
    let rivals = 0;
    for (let place = 0; place < this.#tasks.length; place++) {
      const at = this.#dueAt(this.#tasks[place]!);
      if (at > due) continue;
      rivals = at < due ? 1 : rivals + 1;
      due = at;
      if (rivals === 1 || this.#chance.below(rivals) === 0) chosen = place;
    }
    if (chosen === -1) return undefined;
    this.now = due;
    const [task] = this.#tasks.splice(chosen, 1);
    return task;
  }

  #dueAt({ at, clock, isOwnTime }: Task): number {
    const inWorld = isOwnTime && clock !== undefined ? at - clock.skewMs : at;
    return Math.max(inWorld, clock?.suspendedUntil ?? 0, this.now);
  }
}

/** Immediates run when no microtask is left. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What one process takes for the time. */
export class ProcessClock implements Clock {
  /** How far it is wrong; it may jump. */
  skewMs: number;
  /** Until then nothing reaches the process, and nothing happens in it. */
  suspendedUntil = 0;
  readonly #time: SimulatedTime;

  constructor(time: SimulatedTime, skewMs: number) {
    this.#time = time;
    this.skewMs = skewMs;
  }

  get isSuspended(): boolean {
    return this.suspendedUntil > this.#time.now;
  }

  now(): number {
    return this.#time.now + this.skewMs;
  }

  setTimer(at: number, fire: () => void): Timer {
    return this.#time.add({ at, clock: this, isOwnTime: true, happen: fire });
  }
}
