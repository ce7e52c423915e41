import { join } from "node:path";
import { expect, test } from "vitest";
import { chooseSqlite } from "../../../src/adapters/journals/choose-sqlite.ts";
import { sqliteJournal } from "../../../src/adapters/journals/sqlite-journal.ts";
import { encodeCommit } from "../../../src/adapters/journals/commit-codec.ts";
import { crcOf } from "../../../src/adapters/journals/sqlite-rows.ts";
import { commitAfter } from "./sample-commits.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** The tables as version 1 made them. */
const version1 = `
  CREATE TABLE runs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run TEXT NOT NULL UNIQUE,
    position INTEGER NOT NULL,
    waiting INTEGER NOT NULL DEFAULT 0,
    summary TEXT NOT NULL
  ) STRICT;
  CREATE TABLE commits (
    run INTEGER NOT NULL,
    position INTEGER NOT NULL,
    crc32 INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run, position)
  ) STRICT;
  CREATE TABLE inbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    run INTEGER NOT NULL,
    message TEXT NOT NULL
  ) STRICT;
  CREATE INDEX inbox_of_run ON inbox (run, number);
  CREATE TABLE checkpoints (
    run INTEGER PRIMARY KEY,
    position INTEGER NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  PRAGMA application_id = 1380338756;
  PRAGMA user_version = 1;
`;

/** What version 2 added. */
const version2 = `
  CREATE TABLE leases (owner TEXT PRIMARY KEY, until INTEGER NOT NULL) STRICT;
  ALTER TABLE runs ADD COLUMN life TEXT;
  UPDATE runs SET life = 'first' WHERE run = 'a';
  PRAGMA user_version = 2;
`;

/** A journal as version 1 left it: a run with a life in its summary, one without, and one whose summary is damaged. */
function oldJournal(isOfVersion2 = false): string {
  const path = join(temporaryDirectory(), "runs.db");
  const driver = chooseSqlite()(path, { readOnly: false });
  driver.exec("PRAGMA journal_mode = WAL");
  driver.exec(version1);
  const body = encodeCommit(commitAfter(0));
  const summaries = ['{"id":"a","life":"first"}', "null", "{broken"];
  for (const [index, summary] of summaries.entries()) {
    const run = ["a", "b", "c"][index]!;
    driver.prepare("INSERT INTO runs (run, position, summary) VALUES (?, 1, ?)").run(run, summary);
    driver.prepare("INSERT INTO commits VALUES (?, 1, ?, ?)").run(index + 1, crcOf(body), body);
  }
  if (isOfVersion2) driver.exec(version2);
  driver.close();
  return path;
}

test("a journal of version 1 can be read as it is, and is not changed by that", async () => {
  const path = oldJournal();
  for (let time = 0; time < 2; time++) {
    const journal = sqliteJournal(path, { readOnly: true });
    expect(await journal.read("a", 0)).toEqual([commitAfter(0)]);
    expect(await journal.entry("a")).toEqual({ run: "a", position: 1, summary: { id: "a", life: "first" } });
    expect(await journal.inbox(0)).toEqual([]);
    expect(await journal.noticeMarks({ run: "a" })).toEqual([]);
    await journal.close();
  }
});

test("a journal of version 1 is brought up to date when it is opened for writing, with all that it holds", async () => {
  const path = oldJournal();
  const journal = sqliteJournal(path);
  expect(await journal.entry("a")).toMatchObject({ run: "a", life: "first", position: 1 });
  expect(await journal.entry("b")).toEqual({ run: "b", position: 1, summary: null });
  expect(await journal.read("c", 0)).toEqual([commitAfter(0)]);
  const other = { life: "second" };
  await expect(journal.append("a", 1, [commitAfter(1)], other)).rejects.toMatchObject({ code: "journal.conflict" });
  await journal.append("a", 1, [commitAfter(1)], { life: "first" });
  await journal.append("b", 1, [commitAfter(1)], other);
  await journal.renewLease("host/1/1", 5);
  expect(await journal.leaseOf("host/1/1")).toBe(5);
  await journal.close();
  const again = sqliteJournal(path);
  expect(await again.head("a")).toBe(2);
  await again.close();
});

test("several processes may bring a journal up to date at the same moment", async () => {
  const path = oldJournal();
  const journals = [sqliteJournal(path), sqliteJournal(path)];
  await Promise.all(journals.map((journal, index) => journal.renewLease(`host/${index}/1`, 7)));
  expect(await journals[0]!.leaseOf("host/1/1")).toBe(7);
  await Promise.all(journals.map((journal) => journal.close()));
});

test("a journal of version 2 can be read as it is, and is brought up to date when it is written", async () => {
  const path = oldJournal(true);
  const reader = sqliteJournal(path, { readOnly: true });
  expect(await reader.noticeMarks({})).toEqual([]);
  await reader.close();
  const journal = sqliteJournal(path);
  await journal.append("a", 1, [commitAfter(1)], { life: "first", subscribers: ["web"] });
  await journal.renewLease("host/1/1", 5);
  await journal.close();
  const again = sqliteJournal(path);
  expect(await again.noticeMarks({})).toMatchObject([{ run: "a", life: "first", subscriber: "web", state: "open" }]);
  await again.delete("a");
  expect(await again.noticeMarks({})).toEqual([]);
  await again.close();
});
