import { describe, expect, it } from "vitest";
import { ArchiveReader } from "../../../src/adapters/archives/read-archive.ts";
import { memoryJournal } from "../../../src/adapters/journals/memory-journal.ts";
import { commitSchema } from "../../../src/domain/commit.ts";
import { isRunfoldError, type RunfoldError } from "../../../src/domain/errors.ts";
import { importRun } from "../../../src/import-run.ts";
import { archiveOf, archiveText, exported, runOf, smallRun } from "../../support/archived-run.ts";
import { excuseForgedJournals } from "../../support/verified-journals.ts";

excuseForgedJournals();

type Fields = Record<string, unknown>;

const commits = smallRun();
const lines = await exported(commits);
const texts = lines.slice(1, -1).map((line) => line.slice('{"sha256":"","commit":'.length + 64, -1));
const end = { commits: commits.length, position: commits.at(-1)!.position };

/** What the import of these lines is refused with; nothing of them may be in the journal. */
async function refusalOf(given: Iterable<string>): Promise<RunfoldError> {
  const journal = memoryJournal();
  const error: unknown = await importRun(journal, given).then(
    () => new Error("It was imported."),
    (refusal: unknown) => refusal,
  );
  expect(await journal.list()).toEqual([]);
  if (!isRunfoldError(error)) throw error;
  return error;
}

/** The lines with one in place of another. */
function withLine(number: number, text: string): string[] {
  return lines.map((line, index) => (index + 1 === number ? text : line));
}

function headerWith(fields: Fields): string {
  return JSON.stringify({ ...JSON.parse(lines[0]!), ...fields });
}

/** The whole archive with hashes that fit, one commit of it changed. */
function forged(index: number, change: (commit: Fields & { events: Fields[] }) => unknown): string[] {
  const changed = texts.map((text, at) => (at === index ? archiveText(change(JSON.parse(text))) : text));
  return archiveOf(lines[0]!, changed, JSON.stringify(end));
}

function firstEvent(fields: Fields): string[] {
  return forged(0, (commit) => ({
    ...commit,
    events: [{ ...commit.events[0], ...fields }, ...commit.events.slice(1)],
  }));
}

describe("a file that is no archive, or none for this version, is refused at its first line", () => {
  const cases: Readonly<Record<string, readonly [readonly string[], RegExp]>> = {
    "an empty file": [[], /the file is empty/],
    "an empty line": [[""], /it is not JSON/],
    "no JSON": [withLine(1, "runs.db"), /it is not JSON/],
    "JSON of another kind": [withLine(1, '{"name":"graph"}'), /not the first line of an exported run/],
    "a list": [withLine(1, "[]"), /not the first line of an exported run/],
    "a byte order mark": [withLine(1, `\uFEFF${lines[0]}`), /byte order mark/],
    "a file without its header": [lines.slice(1), /not the first line of an exported run/],
    "version 1": [withLine(1, headerWith({ version: 1 })), /version 1 .* no hashes.*Export the run again/],
    "a later version": [withLine(1, headerWith({ version: 3 })), /version 3 .* this Runfold knows 2/],
    "no version": [withLine(1, headerWith({ version: undefined })), /does not say which version/],
    "a mark of damage": [withLine(1, headerWith({ isDamaged: true })), /only the part of a run/],
    "no run": [withLine(1, headerWith({ run: null })), /it names no run/],
    "a run of no id": [withLine(1, headerWith({ run: { id: "../x" } })), /it names no run/],
    "no commits": [withLine(1, headerWith({ commits: 0 })), /how many commits/],
  };
  it.each(Object.entries(cases))("%s", async (_name, [given, says]) => {
    const error = await refusalOf(given);
    expect(error).toMatchObject({ code: "archive.invalid", details: { line: 1 } });
    expect(error.message).toMatch(says);
    expect(error.message).toMatch(/^Line 1 cannot be imported: .+\. .+/);
  });
});

describe("a line that was changed, lost, doubled or moved is refused, and named", () => {
  const last = lines.length;
  const swapped = [...lines];
  [swapped[2], swapped[3]] = [lines[3]!, lines[2]!];
  const changedHash = lines[2]!.replace(/"[0-9a-f]{64}"/, (hash) =>
    hash.replace(/[0-9a-f]/, (c) => (c === "0" ? "1" : "0")),
  );
  const cases: Readonly<Record<string, readonly [readonly string[], number, RegExp]>> = {
    "a changed header": [withLine(1, headerWith({ added: 1 })), 2, /its hash does not fit/],
    "a changed commit": [withLine(3, lines[2]!.replace("s0", "s9")), 3, /its hash does not fit/],
    "a changed hash": [withLine(3, changedHash), 3, /its hash does not fit/],
    "a space more": [withLine(3, `${lines[2]} `), 3, /it may have been changed or cut off/],
    "a space at its beginning": [withLine(3, ` ${lines[2]}`), 3, /it may have been changed or cut off/],
    "another line break": [withLine(3, `${lines[2]}\r`), 3, /changed the line breaks/],
    "an empty line": [withLine(3, ""), 3, /it is empty/],
    "a lost commit": [lines.toSpliced(3, 1), 4, /lost, doubled or moved/],
    "a doubled commit": [lines.toSpliced(3, 0, lines[2]!), 4, /lost, doubled or moved/],
    "swapped commits": [swapped, 3, /lost, doubled or moved/],
    "a doubled header": [lines.toSpliced(1, 0, lines[0]!), 2, /it may have been changed/],
    "no end": [lines.slice(0, -1), last, /the file was cut off/],
    "the header alone": [lines.slice(0, 1), 2, /the file was cut off/],
    "half an end": [withLine(last, lines.at(-1)!.slice(0, 40)), last, /changed or cut off/],
    "a line behind the end": [[...lines, ""], last + 1, /behind the line that ends the file/],
    "the end twice": [[...lines, lines.at(-1)!], last + 1, /behind the line that ends the file/],
    "the file twice": [[...lines, ...lines], last + 1, /behind the line that ends the file/],
    "what is no text": [[lines[0]!, 7 as unknown as string], 2, /it is no text/],
  };
  it.each(Object.entries(cases))("%s", async (_name, [given, line, says]) => {
    const error = await refusalOf(given);
    expect(error).toMatchObject({ code: "archive.invalid", details: { line } });
    expect(error.message).toMatch(says);
  });
});

describe("a file with hashes that fit is refused for what it says, too", () => {
  const fork = { type: "run.forked", run: "r2", life: "l2", from: { run: "r1", life: "l1", position: 1 } };
  const cases: Readonly<Record<string, readonly [readonly string[], number, RegExp]>> = {
    "other counts at its end": [
      archiveOf(lines[0]!, texts, '{"commits":1,"position":1}'),
      lines.length,
      /counts other/,
    ],
    "other counts at its beginning": [
      archiveOf(headerWith({ commits: 99 }), texts, JSON.stringify(end)),
      1,
      /promises 99 commits/,
    ],
    "other artifacts": [
      archiveOf(headerWith({ artifacts: [{ name: "a" }] }), texts, JSON.stringify(end)),
      1,
      /other artifacts/,
    ],
    "artifacts that are nested too deeply": [
      archiveOf(
        lines[0]!.replace('"artifacts":[]', `"artifacts":${"[".repeat(100_000)}${"]".repeat(100_000)}`),
        texts,
        JSON.stringify(end),
      ),
      1,
      /other artifacts|not JSON/,
    ],
    "another run": [archiveOf(headerWith({ run: { id: "r9" } }), texts, JSON.stringify(end)), 1, /names run r9/],
    "a gap": [
      forged(1, (commit) => ({ ...commit, position: Number(commit["position"]) + 1 })),
      3,
      /begin after position/,
    ],
    "a negative start": [forged(0, (commit) => ({ ...commit, position: 0 })), 2, /begin after position -/],
    "no start": [archiveOf(lines[0]!, texts.slice(1), JSON.stringify(end)), 2, /begin after position/],
    "a start that is none": [
      forged(0, (commit) => ({ ...commit, events: commit.events.toReversed() })),
      2,
      /a run begins with run.started/,
    ],
    "a second start": [
      forged(1, (commit) => ({ ...commit, events: commit.events.map(() => JSON.parse(texts[0]!).events[0]) })),
      3,
      /starts a run that has started already/,
    ],
    "an unknown event": [
      forged(1, (commit) => ({ ...commit, events: commit.events.map(() => ({ type: "step.vanished" })) })),
      3,
      /unknown type, "step.vanished"/,
    ],
    "an event of a step that is not there": [
      forged(1, (commit) => ({ ...commit, events: commit.events.map((event) => ({ ...event, step: "s9" })) })),
      3,
      /cannot follow those before it/,
    ],
    "a fork of no run": [
      forged(1, (commit) => ({ ...commit, events: commit.events.map(() => fork) })),
      3,
      /its run has no owner/,
    ],
    "a recovery by nobody": [
      forged(1, (commit) => ({ ...commit, events: commit.events.map(() => ({ type: "run.recovered", epoch: 2 })) })),
      3,
      /its run has no owner/,
    ],
    "a graph with a cycle": [
      firstEvent({ graph: { name: "g", objective: "o", steps: [{ id: "a", task: "a", needs: ["a"] }] } }),
      2,
      /the graph of its run breaks a rule/,
    ],
    "no graph": [firstEvent({ graph: { steps: [] } }), 2, /has no graph/],
    "a life that names another place": [firstEvent({ life: "../../x" }), 2, /by what is no id/],
    "a life that is no text": [firstEvent({ life: 7 }), 2, /by what is no id/],
    "no time": [forged(1, (commit) => ({ ...commit, at: "now" })), 3, /no time/],
    "no events": [forged(1, (commit) => ({ ...commit, events: [] })), 3, /no events/],
    "no input": [forged(1, (commit) => ({ ...commit, input: null })), 3, /no input/],
    "no position": [forged(1, (commit) => ({ ...commit, position: 1.5 })), 3, /no position/],
    "an event of no type": [forged(1, (commit) => ({ ...commit, events: [{ type: 7 }] })), 3, /no type/],
    "an event that is none": [forged(1, (commit) => ({ ...commit, events: [null] })), 3, /no object/],
    "no version": [forged(1, (commit) => ({ ...commit, schema: 0 })), 3, /no version/],
    "no commit": [forged(1, () => []), 3, /no commit/],
    "JSON that Runfold would write otherwise": [
      archiveOf(lines[0]!, [texts[0]!.replace("{", "{ "), ...texts.slice(1)], JSON.stringify(end)),
      2,
      /not written as Runfold writes it/,
    ],
    "a field twice": [
      archiveOf(lines[0]!, [texts[0]!.replace("{", '{"at":1,'), ...texts.slice(1)], JSON.stringify(end)),
      2,
      /not written as Runfold writes it/,
    ],
    "no JSON": [archiveOf(lines[0]!, ["{", ...texts.slice(1)], JSON.stringify(end)), 2, /not JSON/],
    "JSON that is nested too deeply": [
      archiveOf(
        lines[0]!,
        [texts[0]!.replace("{", `{"x":${"[".repeat(100_000)}${"]".repeat(100_000)},`), ...texts.slice(1)],
        JSON.stringify(end),
      ),
      2,
      /not JSON|not written as/,
    ],
  };
  it.each(Object.entries(cases))("%s", async (_name, [given, line, says]) => {
    const error = await refusalOf(given);
    expect(error).toMatchObject({ code: "archive.invalid", details: { line } });
    expect(error.message).toMatch(says);
  });

  it("with the code of a newer journal for a commit of a later version", async () => {
    const version = commitSchema + 1;
    const error = await refusalOf(forged(1, (commit) => ({ ...commit, schema: version })));
    expect(error).toMatchObject({ code: "journal.newer", details: { line: 3, version, known: commitSchema } });
    expect(error.message).toMatch(/^Line 3 /);
  });

  it("for an end that no run can have", async () => {
    const last = texts.length - 1;
    const settled = (fields: Fields) =>
      forged(last, (commit) => ({
        ...commit,
        events: commit.events.map((event) => (event["type"] === "run.settled" ? { ...event, ...fields } : event)),
      }));
    for (const fields of [{ status: "bogus" }, { cleanupAt: "soon" }, { cleanupAt: 1e300 }]) {
      expect(await refusalOf(settled(fields))).toMatchObject({ code: "archive.invalid", details: { line: last + 2 } });
    }
    await expect(importRun(memoryJournal(), settled({ cleanupAt: 5 }))).resolves.toMatchObject({
      summary: { cleanupAt: 5 },
    });
  });
});

describe("what is too large is refused", () => {
  const longest = Math.max(...lines.map(({ length }) => length));
  const all = lines.reduce((sum, { length }) => sum + length, 0);
  const read = (bounds: { archiveLineCharsMax: number; archiveCharsMax: number }) => () => {
    const reader = new ArchiveReader(() => undefined, bounds);
    for (const line of lines) reader.take(line);
    return reader.finish();
  };

  it("as a line, and as a file, at the limit and not before", () => {
    expect(read({ archiveLineCharsMax: longest, archiveCharsMax: all })()).toMatchObject({ run: runOf(commits) });
    const long = lines.findIndex(({ length }) => length === longest) + 1;
    expect(read({ archiveLineCharsMax: longest - 1, archiveCharsMax: all })).toThrow(
      new RegExp(`^Line ${long} cannot be imported: it has ${longest} characters`),
    );
    expect(read({ archiveLineCharsMax: longest, archiveCharsMax: all - 1 })).toThrow(
      new RegExp(`^Line ${lines.length} cannot be imported: with it the file has more than ${all - 1} characters`),
    );
  });
});
