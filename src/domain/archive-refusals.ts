import { RunfoldError } from "./errors.ts";

const getWhole = "Get an unchanged copy of the file, or export the run again";

/** A line that cannot be imported, and why. Nothing is, then. */
export function refused(
  line: number,
  why: string,
  options: { readonly advice?: string; readonly cause?: unknown } = {},
): RunfoldError {
  const { advice = getWhole, ...rest } = options;
  return new RunfoldError("archive.invalid", `Line ${line} cannot be imported: ${why}. ${advice}`, {
    details: { line, why },
    ...rest,
  });
}

/** A line that only a later version can read. */
export function tooNew(line: number, version: number, known: number): RunfoldError {
  const message = `Line ${line} holds a commit of version ${version}, this Runfold knows ${known}; use a newer Runfold`;
  return new RunfoldError("journal.newer", message, { details: { line, version, known } });
}
