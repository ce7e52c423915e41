import type { ErrorCode, RunEnd } from "../index.ts";

/** What the command's exit codes mean; `docs/command-line.md` is their page. */
export const exitCodes = {
  /** Done; for `run`: the run succeeded. */
  done: 0,
  /** Refused, or a run that failed or succeeded only in part. */
  failed: 1,
  /** Something that was given is wrong: a command line, a graph, an id, a cursor, a database. */
  badInput: 2,
  /** The run was canceled, or ran out of time. */
  canceled: 3,
  /** What a run's machines decide today is not what its journal says. */
  diverged: 4,
  /** An error of Runfold's own: EX_SOFTWARE of sysexits.h. */
  bug: 70,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

const codeOfStatus: Readonly<Record<RunEnd, ExitCode>> = {
  succeeded: exitCodes.done,
  mixed: exitCodes.failed,
  failed: exitCodes.failed,
  canceled: exitCodes.canceled,
  expired: exitCodes.canceled,
};

export function exitCodeOfRun(status: RunEnd): ExitCode {
  return codeOfStatus[status];
}

/** Of several ends the one that has to be known first. */
const worstFirst: readonly ExitCode[] = [
  exitCodes.bug,
  exitCodes.diverged,
  exitCodes.failed,
  exitCodes.badInput,
  exitCodes.canceled,
];

export function worstOf(codes: readonly ExitCode[]): ExitCode {
  return worstFirst.find((code) => codes.includes(code)) ?? exitCodes.done;
}

/** Errors that come from what the caller gave. The others come from what the outside, or the state of a run, refuses. */
const inputErrors: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "graph.invalid",
  "run.unknown",
  "run.conflicting",
  "run.idInvalid",
  "step.unknown",
  "message.invalid",
  "cursor.invalid",
  "position.invalid",
  "wait.invalid",
  "inspect.invalid",
  "journal.unopenable",
  "journal.readOnly",
  "journal.foreign",
  "journal.newer",
  "archive.invalid",
  "tool.invalid",
  "viewer.invalid",
]);

export function exitCodeOfError(code: ErrorCode): ExitCode {
  if (code === "invariant.broken") return exitCodes.bug;
  return inputErrors.has(code) ? exitCodes.badInput : exitCodes.failed;
}
