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

/** What can be made to fail besides appends. A `follow` fails where it begins. */
export type JournalCall =
  | "read"
  | "head"
  | "follow"
  | "list"
  | "entry"
  | "delete"
  | "send"
  | "inbox"
  | "renewLease"
  | "leaseOf"
  | "saveCheckpoint"
  | "loadCheckpoint"
  | "markNotice"
  | "noticeMarks";

/**
 * Another journal whose appends, and other calls, go wrong when a test says so. All else is passed on.
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
  /** How many calls of another method there were. */
  calls(method: JournalCall): number;
  /** Lets the n-th call of another method fail, counted from 1: it then does nothing. Default error: `journal.failed`. */
  failCall(method: JournalCall, nth: number, error?: Error): void;
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
  const called = new Map<JournalCall, number>();
  const failures = new Map<string, Error>();
  let appends = 0;
  let held = 0;
  let gate: PromiseGate | undefined;

  const pass = async ({ opened }: PromiseGate): Promise<void> => {
    held++;
    await opened;
    held--;
  };
  const enter = (method: JournalCall): void => {
    const number = (called.get(method) ?? 0) + 1;
    called.set(method, number);
    const failure = failures.get(`${method} ${number}`);
    if (failure !== undefined) throw failure;
  };
  const counted = async <Result>(method: JournalCall, call: () => Promise<Result>): Promise<Result> => {
    enter(method);
    return await call();
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
    read: (run, after, limit) => counted("read", () => inner.read(run, after, limit)),
    head: (run) => counted("head", () => inner.head(run)),
    async *follow(run, after, signal) {
      enter("follow");
      yield* inner.follow(run, after, signal);
    },
    list: (last) => counted("list", () => inner.list(last)),
    entry: (run) => counted("entry", () => inner.entry(run)),
    delete: (run, expected) => counted("delete", () => inner.delete(run, expected)),
    send: (run, message) => counted("send", () => inner.send(run, message)),
    inbox: (...asked) => counted("inbox", () => inner.inbox(...asked)),
    watch: (changed) => inner.watch(changed),
    renewLease: (owner, until) => counted("renewLease", () => inner.renewLease(owner, until)),
    leaseOf: (owner) => counted("leaseOf", () => inner.leaseOf(owner)),
    saveCheckpoint: (run, checkpoint) => counted("saveCheckpoint", () => inner.saveCheckpoint(run, checkpoint)),
    loadCheckpoint: (run) => counted("loadCheckpoint", () => inner.loadCheckpoint(run)),
    markNotice: (run, mark, life) => counted("markNotice", () => inner.markNotice(run, mark, life)),
    noticeMarks: (query) => counted("noticeMarks", () => inner.noticeMarks(query)),
    close: () => inner.close(),
    get appends() {
      return appends;
    },
    get held() {
      return held;
    },
    failAppend: (nth, fault = {}) => void faults.set(nth, fault),
    calls: (method) => called.get(method) ?? 0,
    failCall: (method, nth, error = madeToFail(`Call ${nth} of ${method}`)) =>
      void failures.set(`${method} ${nth}`, error),
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
  return error ?? madeToFail(`Append ${number}`, { run, number });
}

function madeToFail(what: string, details: Readonly<Record<string, unknown>> = {}): RunfoldError {
  return new RunfoldError("journal.failed", `${what} was made to fail.`, { details });
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
