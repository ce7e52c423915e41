import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sqliteJournal } from "../../src/adapters/journals/sqlite-journal.ts";
import { needs } from "../conformance/journal/harness.ts";
import { begin } from "../conformance/journal/sample-commits.ts";
import { temporaryDirectory } from "../conformance/journal/temporary-directory.ts";
import { faultRounds } from "./journal-image.ts";
import type { Fault, TracedWriter } from "./traced-writer.ts";
import { canInject, expectAllKept, isAcknowledgement, isInjected, traceWriter } from "./traced-writer.ts";

const appends = 4 * faultRounds;

describe("a disk that does not keep what it was given", () => {
  test("once a sync has failed, nothing is acknowledged; what was acknowledged before is there", async (context) => {
    needs(context, canInject);
    const nths = Array.from({ length: 8 + appends }, (_, index) => index + 1);
    const outcomes = await eachOf(nths, { call: "fsync", error: "EIO" }, async (writer, fault, path) => {
      const { calls, lines, acknowledged } = writer;
      const failed = calls.findIndex(isInjected);
      expect(failed, `sync ${fault.when} was made, and failed`).toBeGreaterThan(-1);
      // SQLite passes over a directory that cannot be synced; the journal then syncs it once more before it takes anything.
      const isRedone = wasSyncedAgain(calls, failed);
      const after = isRedone ? [] : calls.slice(failed).filter(isAcknowledgement);
      expect(after, `acknowledged although sync ${fault.when} failed`).toEqual([]);
      const last = isRedone ? String(appends) : /^(refused journal\.(failed|unopenable)|again journal\.failed)$/;
      expect(lines.at(-1)).toMatch(last);
      await expectAllKept(path, acknowledged);
      return isRedone ? "redone" : lines.some((line) => line.startsWith("failed")) ? "appending" : "opening";
    });
    expect(new Set(outcomes)).toEqual(new Set(["opening", "redone", "appending"]));
  });

  test("a disk that fails for good is told of at once, and the journal is as it was", async (context) => {
    needs(context, canInject);
    const fault: Fault = { call: "fsync", error: "EIO", when: "1+" };
    const path = join(temporaryDirectory(), "runs.db");
    const journal = sqliteJournal(path);
    await begin(journal, "a", 1, 1, 1);
    await journal.close();
    const { lines } = await traceWriter(path, appends, fault);
    expect(lines.join()).toMatch(
      /^(refused journal\.failed|failed journal\.failed,again journal\.failed,again journal\.failed)$/,
    );
    await expectAllKept(path, 3);
  });
});

describe("a disk that does not take what it is given", () => {
  test("once a write has failed, nothing is acknowledged; what was acknowledged before is there", async (context) => {
    needs(context, canInject);
    const outcomes = await eachOf(writes(2), { call: "pwrite64", error: "EIO" }, async (writer, _fault, path) => {
      const { calls, lines, acknowledged } = writer;
      expect(calls.slice(calls.findIndex(isInjected)).filter(isAcknowledgement)).toEqual([]);
      expect(lines.at(-1)).toMatch(/^(refused journal\.failed|again journal\.failed)$/);
      await expectAllKept(path, acknowledged);
      return lines.at(-1)!;
    });
    expect(outcomes).toContain("again journal.failed");
  });

  test("a write without room is refused as journal.full, kept when there is room, and never kept twice", async (context) => {
    needs(context, canInject);
    const outcomes = await eachOf(writes(3), { call: "pwrite64", error: "ENOSPC" }, async (writer, _fault, path) => {
      const { lines, acknowledged } = writer;
      const said = lines.slice(acknowledged).join();
      expect(said).toMatch(
        /^(refused journal\.(failed|full)|failed journal\.full,again kept,again journal\.conflict)$/,
      );
      await expectAllKept(path, acknowledged + (said.includes("kept") ? 1 : 0));
      return said;
    });
    expect(outcomes).toContain("failed journal.full,again kept,again journal.conflict");
  });
});

/** Lets a writer fail at each of some calls, two writers at a time, each with a journal of its own. */
async function eachOf<Outcome>(
  nths: readonly number[],
  fault: Omit<Fault, "when">,
  hold: (writer: TracedWriter, fault: Fault, path: string) => Promise<Outcome>,
): Promise<Outcome[]> {
  const directory = temporaryDirectory();
  const left = nths.map(String);
  const outcomes: Outcome[] = [];
  const work = async (): Promise<void> => {
    for (let when = left.shift(); when !== undefined; when = left.shift()) {
      const path = join(mkdtempSync(join(directory, "journal-")), "runs.db");
      outcomes.push(await hold(await traceWriter(path, appends, { ...fault, when }), { ...fault, when }, path));
    }
  };
  await Promise.all([work(), work()]);
  return outcomes;
}

/** Numbers of writes on the way from the empty file to the last append: those that make the journal, and those of its log. */
function writes(count: number): number[] {
  const step = Math.max(1, Math.floor(11 / faultRounds));
  return Array.from({ length: count * faultRounds }, (_, index) => 32 + index * step);
}

/** Whether the call that failed was the sync of a directory that was synced again, with success, before anything was acknowledged. */
function wasSyncedAgain(calls: readonly string[], failed: number): boolean {
  const directory = /fsync\(\d+<([^>]*)>/.exec(calls[failed]!)?.[1] ?? "";
  const rest = calls.slice(failed + 1);
  const again = rest.findIndex((call) => call.includes(`<${directory}>) `) && call.endsWith("= 0"));
  const acknowledged = rest.findIndex(isAcknowledgement);
  return !directory.includes("runs.db") && again !== -1 && acknowledged !== -1 && again < acknowledged;
}
