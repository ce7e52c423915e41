import { accessSync, closeSync, constants, existsSync, fsyncSync, mkdirSync, openSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { type ErrorCode, isRunfoldError } from "../../domain/errors.ts";
import { journalRefusal } from "./sqlite-errors.ts";

const directoryMode = 0o700;
const fileMode = 0o600;

/** What creating a file says when something is there already. */
const mayExist = new Set(["EEXIST", "EISDIR"]);

/**
 * Makes sure that there is a file that SQLite can open: its directories and the file itself are for their owner alone, since
 * journals hold what commands print. To read, it must exist already.
 *
 * An existing file is looked at, never opened: closing a second descriptor would drop the locks that this process holds on it.
 * @throws `journal.unopenable`, `journal.readOnly`, `journal.full` or `journal.failed`.
 */
export function prepareFile(path: string, readOnly: boolean): void {
  try {
    const exists = (!readOnly && createFile(path)) || statSync(path).isFile();
    if (!exists) throw journalRefusal("journal.unopenable", path, new Error("it is not a file"));
    accessSync(path, readOnly ? constants.R_OK : constants.R_OK | constants.W_OK);
    // SQLite keeps its write-ahead log and its index of it beside the file.
    if (!readOnly) accessSync(dirname(path), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw isRunfoldError(error) ? error : journalRefusal(refusalCode(systemCode(error), path), path, error);
  }
}

/** Whether the file is new. A file that another process makes at the same time is as good. */
function createFile(path: string): boolean {
  createDirectories(dirname(path));
  try {
    closeSync(openSync(path, "wx", fileMode));
  } catch (error) {
    if (mayExist.has(systemCode(error))) return false;
    throw error;
  }
  syncDirectory(dirname(path));
  return true;
}

/**
 * Each new directory is synced in the one that holds it: a durable file in a directory that is lost would be lost, too.
 *
 * They are made one by one, because Node's own `recursive` tries for ever where the system refuses a directory as one that is not
 * there, as below `/proc`.
 */
function createDirectories(directory: string): void {
  const missing: string[] = [];
  for (let at = directory; !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.push(at);
  for (const path of missing.toReversed()) {
    try {
      mkdirSync(path, { mode: directoryMode });
    } catch (error) {
      if (systemCode(error) !== "EEXIST") throw error;
    }
    syncDirectory(dirname(path));
  }
}

export function syncDirectory(directory: string): void {
  // Windows cannot open directories, and does not need this.
  if (process.platform === "win32") return;
  const descriptor = openSync(directory, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function refusalCode(code: string, path: string): ErrorCode {
  if (code === "ENOSPC" || code === "EDQUOT") return "journal.full";
  if (code === "EROFS") return "journal.readOnly";
  if (code === "EACCES" || code === "EPERM") return isReadable(path) ? "journal.readOnly" : "journal.unopenable";
  return "journal.unopenable";
}

function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
