import { type ErrorCode, RunfoldError } from "../../domain/errors.ts";

/** SQLite's primary result codes, as far as they mean something to the journal. */
const resultCodes = {
  permission: 3,
  busy: 5,
  locked: 6,
  readOnly: 8,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  protocol: 15,
  authorization: 23,
  notADatabase: 26,
} as const;

const codeOfResult: ReadonlyMap<number, ErrorCode> = new Map<number, ErrorCode>([
  [resultCodes.permission, "journal.unopenable"],
  [resultCodes.busy, "journal.busy"],
  [resultCodes.locked, "journal.busy"],
  [resultCodes.readOnly, "journal.readOnly"],
  [resultCodes.corrupt, "journal.corrupt"],
  [resultCodes.full, "journal.full"],
  [resultCodes.cannotOpen, "journal.unopenable"],
  [resultCodes.protocol, "journal.busy"],
  [resultCodes.authorization, "journal.unopenable"],
  [resultCodes.notADatabase, "journal.foreign"],
]);

const advice: Partial<Record<ErrorCode, string>> = {
  "journal.unopenable": "cannot be opened; check that the path names a file that this user may read and write",
  "journal.busy": "is locked by another process for too long; try again, or end the process that holds it",
  "journal.readOnly":
    "cannot be written; open it with { readOnly: true } to read it, or make the file and its directory writable",
  "journal.corrupt": "is damaged; restore it from a copy, or export what can still be read",
  "journal.full": "cannot grow, the disk is full; free some space and append again",
  "journal.foreign": "is not a journal of Runfold; choose another path",
  "journal.failed":
    "could not be read or written; nothing more is appended until it is opened again, because what reached the disk is unknown",
};

/** Where the drivers put the code; a failed opening has it in its message alone. */
interface DriverError extends Error {
  readonly errcode?: unknown;
  readonly rawCode?: unknown;
}

/** SQLite's primary result code of an error that a driver threw; undefined for an error of another origin. */
function resultCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { errcode, rawCode }: DriverError = error;
  const code = errcode ?? rawCode ?? /^ConnectionFailed\(.*: (\d+)"\)$/.exec(error.message)?.[1];
  const number = Number(code);
  return Number.isInteger(number) ? number & 0xff : undefined;
}

/** The journal's own words for what a driver threw. Errors of Runfold pass unchanged. */
export function refusalOf(error: unknown, path: string): RunfoldError {
  if (error instanceof RunfoldError) return error;
  const result = resultCode(error);
  const code = (result === undefined ? undefined : codeOfResult.get(result)) ?? "journal.failed";
  return journalRefusal(code, path, error, result === undefined ? {} : { sqliteCode: result });
}

/** Likewise once the database is open: what cannot be opened then is a file of SQLite's own, and what is foreign then was ours. */
export function runningRefusalOf(error: unknown, path: string): RunfoldError {
  const refusal = refusalOf(error, path);
  if (refusal === error) return refusal;
  if (refusal.code === "journal.unopenable") return journalRefusal("journal.failed", path, error, refusal.details);
  if (refusal.code === "journal.foreign") return journalRefusal("journal.corrupt", path, error, refusal.details);
  return refusal;
}

/** A refusal of the whole file: what was wrong, which file, what to do. */
export function journalRefusal(
  code: ErrorCode,
  path: string,
  cause?: unknown,
  details: Readonly<Record<string, unknown>> = {},
): RunfoldError {
  const reason = cause instanceof Error ? `: ${cause.message}` : "";
  return new RunfoldError(code, `The journal ${path} ${advice[code] ?? "was refused"}${reason}`, {
    details: { path, ...details },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** What a journal says whose file was taken away from its path while it was open for writing. */
export function movedRefusal(path: string, file: "gone" | "replaced"): RunfoldError {
  const what = file === "gone" ? "was deleted or moved away" : "was replaced by another file";
  const message =
    `The journal ${path} ${what} while it was written, and what is appended now would be lost; nothing more is appended. ` +
    "Put the file back with its -wal, if it was moved, and open the journal again";
  return new RunfoldError("journal.failed", message, { details: { path, file } });
}
