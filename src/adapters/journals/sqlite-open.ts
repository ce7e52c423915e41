import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { pathToFileURL } from "node:url";
import { chooseSqlite } from "./choose-sqlite.ts";
import type { SqliteDriver } from "./sqlite-driver.ts";
import { isRunfoldError } from "../../domain/errors.ts";
import { journalRefusal, refusalOf } from "./sqlite-errors.ts";
import { prepareFile, syncDirectory } from "./sqlite-file.ts";
import { createTables, isJournal, upgradeTables } from "./sqlite-schema.ts";

/** How long a writer waits for the lock of another process before it gives up. SQLite's own default is not to wait. */
const busyTimeoutMs = 5_000;

export interface OpenOptions {
  readonly durability: "full" | "relaxed";
  readonly readOnly: boolean;
}

/**
 * Opens a journal's database, and makes it first where there is none.
 *
 * Nothing is written to a file before it is known to be a journal or empty.
 * @throws `journal.unopenable`, `journal.readOnly`, `journal.foreign`, `journal.newer`, `journal.busy`, `journal.corrupt`,
 *   `journal.full` or `journal.failed`, each with the path and what to do.
 */
export function openDatabase(path: string, options: OpenOptions): SqliteDriver {
  prepareFile(path, options.readOnly);
  return options.readOnly ? openToRead(path) : openToWrite(path, options.durability);
}

/** Leaves one complete file behind where nobody else reads at this moment; one driver would keep the log until it is collected. */
export function closeDatabase(driver: SqliteDriver, isReadOnly: boolean): void {
  try {
    if (!isReadOnly) {
      driver.exec("PRAGMA busy_timeout = 0");
      driver.prepare("PRAGMA wal_checkpoint(TRUNCATE)").rows();
    }
  } catch {
    // Everything that was acknowledged is in the log already; the next to open the file carries on.
  }
  driver.close();
}

function openToWrite(path: string, durability: OpenOptions["durability"]): SqliteDriver {
  return opened(path, path, false, (driver) => {
    const isNew = !isJournal(driver, path);
    // Set explicitly, because builds of SQLite exist that weaken the default once the journal mode is WAL.
    driver.exec("PRAGMA journal_mode = WAL");
    driver.exec(`PRAGMA synchronous = ${durability === "full" ? "FULL" : "NORMAL"}`);
    if (isNew) createTables(driver, path);
    else upgradeTables(driver);
    // The log is a new file. SQLite syncs its directory too, but passes over a failure: commits would be lost with their file.
    if (durability === "full") syncDirectory(dirname(path));
  });
}

/**
 * A database in WAL mode cannot be opened where SQLite may not put its `-shm` file beside it. If there is no `-wal` file either,
 * the database is complete and nobody writes it, so it can be read as a file that does not change.
 */
function openToRead(path: string): SqliteDriver {
  const check = (driver: SqliteDriver): void => {
    if (!isJournal(driver, path)) throw journalRefusal("journal.foreign", path);
  };
  try {
    return opened(path, path, true, check);
  } catch (error) {
    // Drivers differ in what they call it.
    const cannotShare = isRunfoldError(error, "journal.unopenable") || isRunfoldError(error, "journal.readOnly");
    const isAlone = cannotShare && !existsSync(`${path}-wal`);
    if (!isAlone) throw error;
    return opened(path, `${pathToFileURL(path).href}?immutable=1`, true, check);
  }
}

function opened(
  path: string,
  location: string,
  readOnly: boolean,
  setUp: (driver: SqliteDriver) => void,
): SqliteDriver {
  let driver: SqliteDriver | undefined;
  try {
    driver = chooseSqlite()(location, { readOnly });
    driver.exec(`PRAGMA busy_timeout = ${busyTimeoutMs}`);
    setUp(driver);
    return driver;
  } catch (error) {
    driver?.close();
    throw refusalOf(error, path);
  }
}
