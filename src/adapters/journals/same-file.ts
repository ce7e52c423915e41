import { statSync } from "node:fs";
import type { RunfoldError } from "../../domain/errors.ts";
import { movedRefusal } from "./sqlite-errors.ts";

/**
 * Remembers which file stands at a path; the function that it returns refuses once that file is gone from there, or another has
 * taken its place. SQLite would go on writing to the file that it opened, and all of it would be lost with that file.
 *
 * The path is looked at, never opened: closing a second descriptor would drop the locks that this process holds on the file.
 * @throws `journal.failed`
 */
export function sameFileCheck(path: string): () => void {
  const opened = fileAt(path);
  if (opened === undefined) throw movedRefusal(path, "gone");
  return () => {
    const refusal = refusalAt(path, opened);
    if (refusal !== undefined) throw refusal;
  };
}

interface FileId {
  readonly dev: bigint;
  readonly ino: bigint;
}

function refusalAt(path: string, opened: FileId): RunfoldError | undefined {
  let found: FileId | undefined;
  try {
    found = fileAt(path);
  } catch {
    // Whoever may not look any more has not been told that the file is gone, and it can be written as before.
    return undefined;
  }
  if (found === undefined) return movedRefusal(path, "gone");
  return found.dev === opened.dev && found.ino === opened.ino ? undefined : movedRefusal(path, "replaced");
}

function fileAt(path: string): FileId | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}
