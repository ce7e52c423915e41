import type { Commit } from "../../domain/commit.ts";
import { RunfoldError } from "../../domain/errors.ts";
import type { Position, RunId } from "../../domain/ids.ts";
import type { AppendOptions, Journal } from "../../ports/journal.ts";
import { conflict } from "./refusals.ts";

export interface AppendFault {
  /** What the append rejects with. Default: `journal.failed`. `conflict` is what a journal says to a writer that came second. */
  readonly error?: Error | "conflict";
  /** The commits are kept all the same, and only the answer is lost. Default: nothing is kept. */
  readonly isKept?: boolean;
}

/**
 * Another journal whose appends go wrong when a test says so. All else, and all appends without a fault, are passed on.
 *
 * Appends are numbered from 1, those of all runs together, in the order of the calls; those that only check the position
 * count too.
 */
export interface FailingJournal extends Journal {
  /** How many appends there were. */
  readonly appends: number;
  /** How many appends, or their answers, are being held. */
  readonly held: number;
  /** Lets the n-th append fail; one that is past cannot fail any more. */
  failAppend(nth: number, fault?: AppendFault): void;
  /**
   * Holds every append from now on: it has not begun, and takes effect after {@link release}. With `answers`, the append takes
   * effect at once and only its answer is held: what is committed is then in the journal before its writer knows it.
   */
  hold(what?: "appends" | "answers"): void;
  /** Lets go of what is held, in call order, and no longer holds any. */
  release(): void;
  /** The position up to which appends of a run have been kept, known at once; 0 for a run that was not appended here. */
  kept(run: RunId): Position;
}

export function failingJournal(inner: Journal): FailingJournal {
  const faults = new Map<number, AppendFault>();
  const kept = new Map<RunId, Position>();
  let appends = 0;
  let held = 0;
  let gate: PromiseGate | undefined;

  const pass = async ({ opened }: PromiseGate): Promise<void> => {
    held++;
    await opened;
    held--;
  };
  const append = async (
    run: RunId,
    expected: Position,
    commits: readonly Commit[],
    options?: AppendOptions,
  ): Promise<void> => {
    const number = ++appends;
    if (gate?.holds === "appends") await pass(gate);
    const fault = faults.get(number);
    if (fault === undefined || fault.isKept === true) {
      await inner.append(run, expected, commits, options);
      kept.set(run, commits.at(-1)?.position ?? expected);
    }
    if (gate?.holds === "answers") await pass(gate);
    if (fault !== undefined) throw errorOf(fault, number, run, expected);
  };

  return {
    ...(inner.location === undefined ? {} : { location: inner.location }),
    append,
    read: (run, after, limit) => inner.read(run, after, limit),
    head: (run) => inner.head(run),
    follow: (run, after, signal) => inner.follow(run, after, signal),
    list: () => inner.list(),
    entry: (run) => inner.entry(run),
    delete: (run, expected) => inner.delete(run, expected),
    send: (run, message) => inner.send(run, message),
    inbox: (after, limit) => inner.inbox(after, limit),
    watch: (changed) => inner.watch(changed),
    renewLease: (owner, until) => inner.renewLease(owner, until),
    leaseOf: (owner) => inner.leaseOf(owner),
    saveCheckpoint: (run, checkpoint) => inner.saveCheckpoint(run, checkpoint),
    loadCheckpoint: (run) => inner.loadCheckpoint(run),
    close: () => inner.close(),
    get appends() {
      return appends;
    },
    get held() {
      return held;
    },
    failAppend: (nth, fault = {}) => void faults.set(nth, fault),
    hold: (what = "appends") => void (gate ??= promiseGate(what)),
    release: () => {
      gate?.open();
      gate = undefined;
    },
    kept: (run) => kept.get(run) ?? 0,
  };
}

function errorOf({ error }: AppendFault, number: number, run: RunId, expected: Position): Error {
  if (error === "conflict") return conflict(run, expected, expected + 1);
  return (
    error ?? new RunfoldError("journal.failed", `Append ${number} was made to fail.`, { details: { run, number } })
  );
}

interface PromiseGate {
  readonly holds: "appends" | "answers";
  readonly opened: Promise<void>;
  readonly open: () => void;
}

function promiseGate(holds: PromiseGate["holds"]): PromiseGate {
  let resolveOpened: (() => void) | undefined;
  const opened = new Promise<void>((resolve) => {
    resolveOpened = resolve;
  });
  return { holds, opened, open: () => resolveOpened?.() };
}
