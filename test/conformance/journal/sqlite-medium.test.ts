import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sqliteJournal } from "../../../src/adapters/journals/sqlite-journal.ts";
import { isRunfoldError } from "../../../src/domain/errors.ts";
import type { Journal } from "../../../src/ports/journal.ts";
import { startFixture } from "./child-process.ts";
import { needs } from "./harness.ts";
import { canLimitFileSize, canMount, mountReadOnly, mountSmallDisk } from "./media.ts";
import { begin, commitAfter, positions } from "./sample-commits.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

describe("a journal in a SQLite file, on a medium that refuses", () => {
  test("a complete journal on a read-only disk can be read and nothing else", async (context) => {
    needs(context, canMount);
    const directory = temporaryDirectory();
    const name = "runs ?#.db";
    const writer = sqliteJournal(join(directory, name));
    await begin(writer, "a", 2, 1);
    await writer.close();
    for (const suffix of ["-wal", "-shm"]) rmSync(join(directory, name + suffix), { force: true });
    const disk = mountReadOnly(directory);
    const path = join(disk, name);
    expect(() => sqliteJournal(path)).toThrow(expect.objectContaining({ code: "journal.readOnly" }));
    expect(() => sqliteJournal(join(disk, "new.db"))).toThrow(expect.objectContaining({ code: "journal.readOnly" }));
    const reader = sqliteJournal(path, { readOnly: true });
    expect(positions(await reader.read("a", 0))).toEqual([2, 3]);
    await reader.close();
  });

  test("a journal that is written elsewhere can be read through a read-only directory", async (context) => {
    needs(context, canMount);
    const directory = temporaryDirectory();
    const writer = sqliteJournal(join(directory, "runs.db"));
    await begin(writer, "a", 2, 1);
    const path = join(mountReadOnly(directory), "runs.db");
    expect(() => sqliteJournal(path)).toThrow(expect.objectContaining({ code: "journal.readOnly" }));
    const reader = sqliteJournal(path, { readOnly: true });
    expect(positions(await reader.read("a", 0))).toEqual([2, 3]);
    await writer.append("a", 3, [commitAfter(3)]);
    expect(await reader.head("a")).toBe(4);
    await Promise.all([reader.close(), writer.close()]);
  });

  test("a full disk refuses appends, loses nothing, and takes more when there is room", async (context) => {
    needs(context, canMount);
    const disk = mountSmallDisk("1m");
    const ballast = join(disk, "ballast");
    const path = join(disk, "runs.db");
    const journal = sqliteJournal(path);
    writeFileSync(ballast, Buffer.alloc(200_000));
    const position = await appendUntil(journal, "journal.full");
    await expect(journal.append("a", position, [bigCommit(position)])).rejects.toMatchObject({ code: "journal.full" });
    expect(await journal.head("a")).toBe(position);
    rmSync(ballast);
    await journal.append("a", position, [bigCommit(position)]);
    await journal.close();
    const again = sqliteJournal(path);
    expect(positions(await again.read("a", 0))).toEqual(Array.from({ length: position + 1 }, (_, index) => index + 1));
    await again.close();
  });

  test("a run whose creation failed leaves nothing that another run could be taken for", async (context) => {
    needs(context, canMount);
    const disk = mountSmallDisk("1m");
    const ballast = join(disk, "ballast");
    const journal = sqliteJournal(join(disk, "runs.db"));
    writeFileSync(ballast, Buffer.alloc(700_000));
    const huge = commitAfter(0, 1, "x".repeat(500_000));
    await expect(journal.append("ghost", 0, [huge])).rejects.toMatchObject({ code: "journal.full" });
    rmSync(ballast);
    await begin(journal, "a", 1);
    await expect(journal.append("ghost", 1, [commitAfter(1)])).rejects.toMatchObject({ code: "journal.conflict" });
    expect(await journal.list()).toMatchObject([{ run: "a", position: 1 }]);
    await journal.close();
  });

  test("a disk without room for a new journal refuses it", (context) => {
    needs(context, canMount);
    const disk = mountSmallDisk("64k");
    writeFileSync(join(disk, "ballast"), Buffer.alloc(60_000));
    expect(() => sqliteJournal(join(disk, "runs.db"))).toThrow(/journal\.(full|failed)/);
  });

  test("after a failed write nothing more is appended until the journal is opened again", async (context) => {
    needs(context, canLimitFileSize);
    const path = join(temporaryDirectory(), "runs.db");
    const writer = startFixture("writer.ts", [path, "a"], ["prlimit", "--fsize=200000:unlimited"]);
    const lines = await writer.ended();
    expect(lines.at(-1)).toBe("journal.failed, then journal.failed");
    const acknowledged = Number(lines.at(-2));
    const journal = sqliteJournal(path);
    const head = await journal.head("a");
    expect([acknowledged, acknowledged + 1]).toContain(head);
    await journal.append("a", head, [commitAfter(head)]);
    expect(positions(await journal.read("a", 0, head + 1))).toEqual(
      Array.from({ length: head + 1 }, (_, index) => index + 1),
    );
    await journal.close();
  });
});

/** Fills the journal until it refuses; returns the position that was acknowledged last. */
async function appendUntil(journal: Journal, code: "journal.full"): Promise<number> {
  for (let position = 0; ; position++) {
    try {
      await journal.append("a", position, [bigCommit(position)]);
    } catch (error) {
      if (isRunfoldError(error, code)) return position;
      throw error;
    }
  }
}

function bigCommit(position: number) {
  return commitAfter(position, 1, "x".repeat(10_000));
}
