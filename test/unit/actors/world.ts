import { onTestFinished } from "vitest";
import { memoryArtifacts, memoryJournal, openRuntime } from "runfold";
import type {
  Clock,
  Commit,
  EpochMs,
  Event,
  Journal,
  Run,
  Runtime,
  RuntimeDiagnostic,
  RuntimeOptions,
  Timer,
} from "runfold";
import { recordedEvents } from "../../../src/domain/commit.ts";

/** Lets everything happen that can happen without time passing. */
export async function turns(count = 8): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A clock that stands still until a test moves it; other than the public one, it can be set back, and knows background timers. */
export class ManualClock implements Clock {
  #now: EpochMs = 1_000_000;
  readonly #timers = new Set<{ readonly at: EpochMs; readonly fire: () => void; readonly isBackground: boolean }>();

  now(): EpochMs {
    return this.#now;
  }

  setTimer(at: EpochMs, fire: () => void, options: { readonly isBackground?: boolean } = {}): Timer {
    const timer = { at, fire, isBackground: options.isBackground === true };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** Timers that would keep a process alive. */
  get armed(): number {
    return [...this.#timers].filter(({ isBackground }) => !isBackground).length;
  }

  get armedInBackground(): number {
    return this.#timers.size - this.armed;
  }

  /** Fires what becomes due, in order, and lets everything that follows from it happen. */
  async advance(ms: number): Promise<void> {
    // As a clock must: what has already arrived is handled before any timer.
    await turns();
    const end = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= end).toSorted((one, other) => one.at - other.at);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.fire();
      await turns();
    }
    this.#now = end;
    await turns();
  }

  /** What a machine does when its wall clock is corrected. */
  setBack(ms: number): void {
    this.#now -= ms;
  }
}

/** A task that ends when its test says so. */
export class Held<Output = void> {
  calls = 0;
  readonly signals: AbortSignal[] = [];
  readonly #ends: {
    readonly resolve: (value: Output | PromiseLike<Output>) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  readonly #started: (() => void)[] = [];

  readonly call = (_needs: unknown, { signal }: { readonly signal: AbortSignal }): Promise<Output> => {
    this.calls++;
    this.signals.push(signal);
    for (const started of this.#started.splice(0)) started();
    return new Promise((resolve, reject) => void this.#ends.push({ resolve, reject }));
  };

  /** Resolves when the task has been called. */
  started(): Promise<void> {
    return this.calls > 0 ? Promise.resolve() : new Promise((resolve) => void this.#started.push(resolve));
  }

  succeed(value: Output): void {
    this.#ends.at(-1)!.resolve(value);
  }

  fail(error: Error): void {
    this.#ends.at(-1)!.reject(error);
  }
}

export interface World {
  readonly runtime: Runtime;
  readonly clock: ManualClock;
  readonly journal: Journal;
  readonly diagnostics: RuntimeDiagnostic[];
}

/** A runtime on a clock that stands still, in memory; closed when the test has finished. */
export async function openWorld(options: RuntimeOptions & { readonly clock?: ManualClock } = {}): Promise<World> {
  const clock = options.clock ?? new ManualClock();
  const journal = options.journal ?? memoryJournal();
  const diagnostics: RuntimeDiagnostic[] = [];
  const runtime = await openRuntime({
    artifacts: memoryArtifacts(),
    onDiagnostic: (diagnostic) => void diagnostics.push(diagnostic),
    ...options,
    clock,
    journal,
  });
  onTestFinished(async () => {
    const closed = runtime.close().catch(() => undefined);
    // Whatever does not end by itself is given up when its grace is over.
    for (let round = 0; round < 3; round++) await clock.advance(60_000);
    await closed;
  });
  return { runtime, clock, journal, diagnostics };
}

/** The events that a journal holds of a run, but for its notices, which have tests of their own. */
export async function eventsOf(journal: Journal, run: Run | string): Promise<Event[]> {
  const id = typeof run === "string" ? run : run.id;
  const commits = await journal.read(id, 0, Number.MAX_SAFE_INTEGER);
  return commits
    .flatMap((commit) => Array.from(recordedEvents(commit, 0), ({ event }) => event))
    .filter(({ type }) => type !== "notice.queued");
}

/** Each event as one word, led by its step: `a started`, `run settled`. */
export function words(events: readonly Event[]): string[] {
  return events.map((event) => {
    const [family, happened] = event.type.split(".");
    return `${"step" in event && event.step !== undefined ? event.step : family} ${happened}`;
  });
}

/** Appends one event to a run behind the back of whoever writes it. */
export async function intrude(journal: Journal, run: string): Promise<void> {
  const head = await journal.head(run);
  const told = { code: "intruder", severity: "info", message: "Somebody else was here." } as const;
  const commit: Commit = {
    schema: 1,
    position: head + 1,
    at: 1,
    input: { type: "diagnostic.record", ...told },
    events: [{ type: "diagnostic.recorded", ...told }],
  };
  await journal.append(run, head, [commit]);
}
