import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitLines } from "../../src/cli/archive-lines.ts";
import { memoryJournal } from "../../src/adapters/journals/memory-journal.ts";
import { isRunfoldError } from "../../src/domain/errors.ts";
import { importRun } from "../../src/import-run.ts";
import { exported, linesOf, runOf, smallRun } from "../support/archived-run.ts";
import { record } from "../support/record-run.ts";
import { scenarios } from "../support/run-arbitrary.ts";

/** The line that an import is refused at. The journal, which has another run, must stay as it was. */
async function refusedLine(lines: AsyncIterable<string> | Iterable<string>): Promise<number> {
  const journal = memoryJournal();
  const other = smallRun();
  await journal.append("other", 0, other);
  const error: unknown = await importRun(journal, lines).catch((refusal: unknown) => refusal);
  if (!isRunfoldError(error, "archive.invalid")) throw new Error(`It was not refused: ${JSON.stringify(error)}`);
  expect(await journal.list()).toEqual([{ run: "other", position: other.at(-1)!.position, summary: null }]);
  return Number(error.details["line"]);
}

/** Recorded through JSON, as what a file gives. */
const recordings = scenarios({ stepsMax: 12 }).map((scenario) => record(scenario).commits);

describe("any run", () => {
  test("is imported as it was exported, and exported as it was imported", async () => {
    await fc.assert(
      fc.asyncProperty(recordings, async (commits) => {
        const lines = await exported(commits);
        const journal = memoryJournal();
        await importRun(journal, lines);
        expect(JSON.stringify(await journal.read(runOf(commits), 0, commits.length + 1))).toBe(JSON.stringify(commits));
        expect(await linesOf(journal, runOf(commits))).toEqual(lines);
      }),
    );
  });
});

describe("an export in which anything was changed", () => {
  const edits = fc.record({
    at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    byte: fc.nat({ max: 255 }),
  });

  test("is refused for any byte that was changed, taken out or doubled, at its line or the one behind it", async () => {
    await fc.assert(
      fc.asyncProperty(recordings, edits, fc.constantFrom("change", "remove", "double"), async (commits, edit, how) => {
        const file = Buffer.from((await exported(commits)).map((line) => `${line}\n`).join(""));
        const at = Math.floor(edit.at * file.length);
        const byte = how === "double" ? [file[at]!, file[at]!] : how === "remove" ? [] : [edit.byte];
        const changed = Buffer.concat([file.subarray(0, at), Buffer.from(byte), file.subarray(at + 1)]);
        fc.pre(!changed.equals(file));
        const line = linesIn(file.subarray(0, at)) + 1;
        const refused = await refusedLine(splitLines([changed]));
        expect([line, line + 1]).toContain(refused);
      }),
    );
  });

  test("is refused for any line that was lost, doubled or moved, at the first that is not as it was", async () => {
    await fc.assert(
      fc.asyncProperty(recordings, fc.nat(), fc.nat(), fc.nat({ max: 2 }), async (commits, taken, put, how) => {
        const lines = await exported(commits);
        const from = taken % lines.length;
        const to = put % lines.length;
        const line = lines[from]!;
        const kept = how === 0 ? lines : lines.toSpliced(from, 1);
        const changed = how === 1 ? kept : kept.toSpliced(to, 0, line);
        fc.pre(changed.join("\n") !== lines.join("\n"));
        const first = changed.findIndex((text, index) => text !== lines[index]);
        expect(await refusedLine(changed)).toBe((first === -1 ? changed.length : first) + 1);
      }),
    );
  });

  test("is refused wherever it was cut off, at the line that is not whole", async () => {
    const file = Buffer.from((await exported(smallRun())).map((line) => `${line}\n`).join(""));
    for (let length = 0; length < file.length; length++) {
      const left = file.subarray(0, length);
      expect(await refusedLine(splitLines([left]))).toBe(linesIn(left) + 1);
    }
  });
});

/** How many lines end in these bytes. */
function linesIn(bytes: Uint8Array): number {
  return bytes.filter((byte) => byte === 0x0a).length;
}
