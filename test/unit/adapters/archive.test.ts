import { describe, expect, it } from "vitest";
import { memoryJournal } from "../../../src/adapters/journals/memory-journal.ts";
import { commitSchema, type Commit } from "../../../src/domain/commit.ts";
import { exportDescribed, exportRun } from "../../../src/export-run.ts";
import { importRun } from "../../../src/import-run.ts";
import { decide, isRefusal } from "../../../src/machines/decide.ts";
import { foldAll } from "../../support/record-run.ts";
import { archiveOf, archiveText, exported, journalWith, linesOf, runOf, smallRun } from "../../support/archived-run.ts";
import { summaryOf } from "../../../src/projections/run-summary.ts";
import { excuseForgedJournals } from "../../support/verified-journals.ts";

excuseForgedJournals();

const commits = smallRun();
const run = runOf(commits);
const position = commits.at(-1)!.position;

async function collected(lines: AsyncIterable<string>): Promise<string[]> {
  const found: string[] = [];
  for await (const line of lines) found.push(line);
  return found;
}

describe("an export", () => {
  it("is a header, a line a commit and an end, with hashes that anyone can check", async () => {
    const lines = await exported(commits);
    const header = { runfold: "export", version: 2, run: { id: run, status: "succeeded", position }, artifacts: [] };
    expect(JSON.parse(lines[0]!)).toMatchObject({ ...header, commits: commits.length });
    const texts = commits.map(archiveText);
    const end = JSON.stringify({ commits: commits.length, position });
    expect(lines).toEqual(archiveOf(lines[0]!, texts, end));
  });

  it("has no character that ends a line for any reader", async () => {
    expect(JSON.stringify(commits)).toContain("\u2028");
    for (const line of await exported(commits)) expect(line).not.toMatch(/[\n\r\u2028\u2029]/);
  });

  it("lists the artifacts that its events name", async () => {
    const artifact = { name: "s0.1.txt", bytes: 3, sha256: "0".repeat(64) };
    const last = commits.at(-1)!;
    const stored: Commit = {
      ...last,
      position: last.position + 1,
      events: [{ type: "artifact.stored", step: "s0", attempt: 1, artifact }, ...last.events],
    };
    const lines = await exported([...commits.slice(0, -1), stored]);
    expect(JSON.parse(lines[0]!)).toMatchObject({ artifacts: [artifact] });
    expect(await importRun(memoryJournal(), lines)).toMatchObject({ artifacts: [artifact] });
  });

  it("ends with the last commit that ends at or before the position that it is asked for", async () => {
    const journal = await journalWith(commits);
    const [first, second] = commits;
    for (const through of [first!.position, second!.position - 1]) {
      const part = await collected(exportRun(journal, run, { through }));
      expect(part).toHaveLength(through === first!.position ? 3 : part.length);
      const other = memoryJournal();
      await importRun(other, part);
      expect(await other.read(run, 0)).toEqual(commits.filter((commit) => commit.position <= through));
    }
  });

  it("of an unknown run is refused", async () => {
    await expect(collected(exportRun(memoryJournal(), "r"))).rejects.toMatchObject({ code: "run.unknown" });
  });

  it("does not end as a whole one when its run is deleted, or becomes another, meanwhile", async () => {
    for (const later of [[], commits.map((commit) => ({ ...commit, at: commit.at + 1 }))]) {
      const journal = await journalWith(commits);
      const lines = exportRun(journal, run);
      await lines.next();
      await journal.delete(run);
      if (later.length > 0) await journal.append(run, 0, later);
      await expect(collected(lines)).rejects.toMatchObject({ code: "run.cleaned" });
    }
  });

  it("of a damaged run is marked, has no end, and is not imported", async () => {
    const journal = await journalWith(commits);
    const part = { through: position, about: { id: run }, isDamaged: true };
    const lines = await collected(exportDescribed(journal, run, part));
    expect(JSON.parse(lines[0]!)).toMatchObject({ isDamaged: true });
    expect(lines).toHaveLength(commits.length + 1);
    const refusal = { code: "archive.invalid", details: { line: 1 } };
    await expect(importRun(memoryJournal(), lines)).rejects.toMatchObject(refusal);
  });
});

describe("an import", () => {
  it("gives the same run back, byte for byte, with the summary that its writer would have kept", async () => {
    const lines = await exported(commits);
    const journal = memoryJournal();
    const imported = await importRun(journal, lines);
    expect(imported).toMatchObject({ run, commits: commits.length, position, artifacts: [] });
    expect(JSON.stringify(await journal.read(run, 0))).toBe(JSON.stringify(commits));
    expect(await linesOf(journal, run)).toEqual(lines);
    const summary = summaryOf(foldAll(commits), commits.at(-1)!.at);
    expect(await journal.entry(run)).toEqual({ run, life: summary.life, position, summary });
    expect(imported.summary).toEqual(summary);
  });

  it("gives back a fork, which begins with the start of another run", async () => {
    const past = commits.slice(0, 2);
    const state = foldAll(past);
    const from = { run, life: state.life, position: state.position };
    const owner = { host: "here", pid: 2, processStart: "2" };
    const input = { type: "run.fork", run: "fork-1", life: "life-2", from, root: "/work", places: [], owner } as const;
    const at = past[1]!.at + 5;
    const events = decide(state, input, at);
    if (isRefusal(events)) throw new Error(events.message);
    const forked = [...past, { schema: commitSchema, position: state.position, at, input, events }];
    const source = memoryJournal();
    await source.append("fork-1", 0, forked);
    const journal = memoryJournal();
    const lines = await linesOf(source, "fork-1");
    expect(await importRun(journal, lines)).toMatchObject({ run: "fork-1", summary: { id: "fork-1", life: "life-2" } });
    expect(await linesOf(journal, "fork-1")).toEqual(lines);
    expect(await journal.head(run)).toBe(0);
  });

  it("keeps the commits of an older version as they were written", async () => {
    const old = commits.map((commit): Commit => {
      const text = JSON.stringify({ ...commit, schema: 1 }).replace('"epoch":1,', "");
      return JSON.parse(text);
    });
    expect(JSON.stringify(old)).not.toContain("epoch");
    const journal = memoryJournal();
    await importRun(journal, await exported(old));
    expect(JSON.stringify(await journal.read(run, 0))).toBe(JSON.stringify(old));
  });

  it("takes lines from any iterable", async () => {
    const lines = await exported(commits);
    async function* slowly(): AsyncGenerator<string, void> {
      yield* lines;
    }
    for (const given of [slowly(), new Set(lines), lines]) {
      expect(await importRun(memoryJournal(), given)).toMatchObject({ run });
    }
  });

  it("leaves a run of that id as it is", async () => {
    const lines = await exported(commits);
    const journal = await journalWith(commits.slice(0, 2));
    const before = await journal.read(run, 0);
    await expect(importRun(journal, lines)).rejects.toMatchObject({ code: "run.conflicting", details: { run } });
    expect(await journal.read(run, 0)).toEqual(before);
    await journal.delete(run);
    await importRun(journal, lines);
    await expect(importRun(journal, lines)).rejects.toMatchObject({ code: "run.conflicting" });
  });

  it("is let go of by its source when a line is refused", async () => {
    let isClosed = false;
    async function* broken(): AsyncGenerator<string, void> {
      try {
        yield "{}";
        throw new Error("It was asked for more.");
      } finally {
        isClosed = true;
      }
    }
    await expect(importRun(memoryJournal(), broken())).rejects.toMatchObject({ code: "archive.invalid" });
    expect(isClosed).toBe(true);
  });
});
