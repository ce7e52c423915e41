import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { chooseSqlite } from "../../../src/adapters/journals/choose-sqlite.ts";
import type { SqliteDriver } from "../../../src/adapters/journals/sqlite-driver.ts";
import { sqliteJournal } from "../../../src/adapters/journals/sqlite-journal.ts";
import { isRunfoldError } from "../../../src/domain/errors.ts";
import { begin, commitAfter, positions } from "./sample-commits.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

describe("a SQLite file that cannot be a journal is refused", () => {
  test("a database of something else, which stays as it is", () => {
    const path = join(temporaryDirectory(), "other.db");
    edit(path, (driver) => driver.exec("CREATE TABLE books (title TEXT)"));
    const before = readFileSync(path);
    expect(refusalAt(path)).toBe("journal.foreign");
    expect(refusalAt(path, { readOnly: true })).toBe("journal.foreign");
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test("an empty database that belongs to another application", () => {
    const path = join(temporaryDirectory(), "other.db");
    edit(path, (driver) => driver.exec("PRAGMA application_id = 7"));
    expect(refusalAt(path)).toBe("journal.foreign");
  });

  test("a file that is no database, which stays as it is", () => {
    const path = join(temporaryDirectory(), "notes.txt");
    const text = "These are notes, not a database.\n".repeat(200);
    writeFileSync(path, text);
    expect(refusalAt(path)).toBe("journal.foreign");
    expect(refusalAt(path, { readOnly: true })).toBe("journal.foreign");
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  test("a journal of a later version, until it is of this version again", async () => {
    const path = join(temporaryDirectory(), "runs.db");
    await sqliteJournal(path).close();
    edit(path, (driver) => driver.exec("PRAGMA user_version = 4"));
    expect(refusalAt(path)).toBe("journal.newer");
    expect(refusalAt(path, { readOnly: true })).toBe("journal.newer");
    edit(path, (driver) => driver.exec("PRAGMA user_version = 3"));
    await sqliteJournal(path).close();
  });

  test("a directory, a path through a file, and a file that is not there to be read", () => {
    const directory = temporaryDirectory();
    expect(refusalAt(directory)).toBe("journal.unopenable");
    writeFileSync(join(directory, "file"), "");
    expect(refusalAt(join(directory, "file", "runs.db"))).toBe("journal.unopenable");
    expect(refusalAt(join(directory, "missing.db"), { readOnly: true })).toBe("journal.unopenable");
    expect(refusalAt(join(directory, "file"), { readOnly: true })).toBe("journal.foreign");
  });

  test("no file at all", () => {
    expect(() => sqliteJournal("")).toThrow(expect.objectContaining({ code: "journal.unopenable" }));
    expect(() => sqliteJournal(":memory:")).toThrow(expect.objectContaining({ code: "journal.unopenable" }));
  });
});

describe("a journal in a SQLite file", () => {
  test("makes its directories and its file for their owner alone", async () => {
    const path = join(temporaryDirectory(), "one", "two", "runs # 100% ?.db");
    const journal = sqliteJournal(path);
    await begin(journal, "a", 1);
    expect(modeOf(dirname(path))).toBe(0o700);
    expect(modeOf(dirname(dirname(path)))).toBe(0o700);
    expect([path, `${path}-wal`, `${path}-shm`].map(modeOf)).toEqual([0o600, 0o600, 0o600]);
    await journal.close();
    const reader = sqliteJournal(path, { readOnly: true });
    expect(await reader.head("a")).toBe(1);
    await reader.close();
  });

  test("takes an empty file, as other tools make them", async () => {
    const path = join(temporaryDirectory(), "runs.db");
    writeFileSync(path, "");
    const journal = sqliteJournal(path);
    await begin(journal, "a", 1);
    expect(await journal.head("a")).toBe(1);
    await journal.close();
  });

  test("opened to read, it shows what others write and refuses to write", async () => {
    const path = join(temporaryDirectory(), "runs.db");
    const writer = sqliteJournal(path);
    await begin(writer, "a", 2);
    const reader = sqliteJournal(path, { readOnly: true });
    const pages = reader.follow("a", 2, new AbortController().signal)[Symbol.asyncIterator]();
    const page = pages.next();
    await writer.append("a", 2, [commitAfter(2)]);
    expect(positions((await page).value ?? [])).toEqual([3]);
    const refused = { code: "journal.readOnly" };
    await expect(reader.append("a", 3, [commitAfter(3)])).rejects.toMatchObject(refused);
    await expect(reader.send("a", 1)).rejects.toMatchObject(refused);
    await expect(reader.delete("a")).rejects.toMatchObject(refused);
    await expect(reader.saveCheckpoint("a", { position: 1, state: 1 })).rejects.toMatchObject(refused);
    await Promise.all([reader.close(), writer.close()]);
  });

  test("keeps no row of a run that was deleted", async () => {
    const path = join(temporaryDirectory(), "runs.db");
    const journal = sqliteJournal(path);
    await begin(journal, "a", 1, 1);
    await journal.send("a", "gone");
    await journal.saveCheckpoint("a", { position: 2, state: "gone" });
    await journal.delete("a");
    await journal.close();
    const rows: unknown[] = [];
    edit(path, (driver) => {
      for (const table of ["runs", "commits", "inbox", "checkpoints"]) {
        rows.push(...driver.prepare(`SELECT count(*) FROM ${table}`).rows().flat());
      }
    });
    expect(rows).toEqual([0, 0, 0, 0]);
  });

  test("says that it is busy when another process keeps the lock, and goes on afterwards", async () => {
    const path = join(temporaryDirectory(), "runs.db");
    const journal = sqliteJournal(path);
    await begin(journal, "a", 1);
    const other = chooseSqlite()(path, { readOnly: false });
    other.exec("BEGIN IMMEDIATE");
    await expect(journal.append("a", 1, [commitAfter(1)])).rejects.toMatchObject({ code: "journal.busy" });
    other.exec("ROLLBACK");
    other.close();
    await journal.append("a", 1, [commitAfter(1)]);
    expect(await journal.head("a")).toBe(2);
    await journal.close();
  });
});

describe("damage in a SQLite file is noticed, with run and position", () => {
  test("a byte of a commit that changed on the disk", async () => {
    const path = join(temporaryDirectory(), "runs.db");
    const journal = sqliteJournal(path);
    await journal.append("a", 0, [commitAfter(0), commitAfter(1, 1, "the unlucky one"), commitAfter(2)]);
    await journal.close();
    const bytes = readFileSync(path);
    bytes[bytes.indexOf("the unlucky one")] = "T".charCodeAt(0);
    writeFileSync(path, bytes);
    expect(await damageAt(path)).toMatchObject({ code: "journal.corrupt", details: { run: "a", position: 2 } });
  });

  test.each([
    ["a commit that is missing in the middle", "DELETE FROM commits WHERE position = 2", 1],
    ["a commit that is missing at the end", "DELETE FROM commits WHERE position = 3", 2],
    ["all commits missing", "DELETE FROM commits", 0],
    ["a commit at another's place", "UPDATE commits SET position = 9 WHERE position = 3", 9],
    ["a checksum of another commit", "UPDATE commits SET crc32 = crc32 + 1 WHERE position = 3", 3],
  ])("%s", async (_, damage, position) => {
    const path = join(temporaryDirectory(), "runs.db");
    const journal = sqliteJournal(path);
    await begin(journal, "a", 1, 1, 1);
    await journal.close();
    edit(path, (driver) => driver.exec(damage));
    expect(await damageAt(path)).toMatchObject({ code: "journal.corrupt", details: { run: "a", position } });
  });
});

/** The code with which a path is refused; every refusal names the path, for people and for programs. */
function refusalAt(path: string, options = {}): string {
  try {
    sqliteJournal(path, options);
  } catch (error) {
    if (isRunfoldError(error) && error.message.includes(path) && error.details["path"] === path) return error.code;
    throw error;
  }
  return "opened";
}

/** What reading run `a` says; another run of the same file goes on. */
async function damageAt(path: string): Promise<unknown> {
  const journal = sqliteJournal(path);
  await begin(journal, "sound", 1);
  expect(positions(await journal.read("sound", 0))).toEqual([1]);
  const damage: unknown = await journal.read("a", 0).catch((error: unknown) => error);
  await journal.close();
  return damage;
}

function edit(path: string, change: (driver: SqliteDriver) => void): void {
  mkdirSync(dirname(path), { recursive: true });
  const driver = chooseSqlite()(path, { readOnly: false });
  change(driver);
  driver.close();
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}
