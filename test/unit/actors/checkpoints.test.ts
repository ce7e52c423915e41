import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { defineGraph, limits, openRuntime, step, task } from "runfold";
import type { Checkpoint, Journal } from "runfold";
import { sqliteJournal } from "runfold/sqlite";
import { checkpointOf, isCheckpointDue, loadCheckpoint } from "../../../src/actors/checkpoints.ts";
import { loadRun } from "../../../src/actors/load-run.ts";
import { factsOf } from "../../support/record-run.ts";
import { ManualClock } from "./world.ts";
import { journalWith } from "../../../src/ports/journal-with.ts";

let directory: string;
let path: string;
const everywhere = limits as { checkpointEventsMin: number; checkpointEventsAStepMin: number };
const before = { ...limits };

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "runfold-checkpoints-"));
  path = join(directory, "runs.db");
  everywhere.checkpointEventsMin = 4;
  everywhere.checkpointEventsAStepMin = 1;
});

afterEach(() => {
  Object.assign(limits, before);
  rmSync(directory, { recursive: true, force: true });
});

const chain = defineGraph("chain", {
  objective: "Leave checkpoints.",
  notify: { mode: "none" },
  steps: Array.from({ length: 12 }, (_, number) => step(`s${number}`, { run: task(() => ({ number })) })),
  limits: { concurrency: 1 },
});

/** Runs a graph of twelve steps to its end, and says what its journal was read for, when it is opened again. */
async function ran(): Promise<void> {
  await using runtime = await openRuntime({ journal: sqliteJournal(path), graphs: [chain] });
  await (await runtime.start(chain, { id: "run" })).outcome();
}

/** Where the journal is read from when a run is loaded. */
async function readFrom(journal: Journal): Promise<readonly number[]> {
  const from: number[] = [];
  const watched = journalWith(journal, {
    read: (run, after, limit) => {
      if (limit === undefined) from.push(after);
      return journal.read(run, after, limit);
    },
  });
  const loaded = await loadRun("run", { journal: watched, clock: new ManualClock(), report: () => undefined });
  const whole = await loadRun("run", {
    journal: journalWith(journal, { loadCheckpoint: async () => undefined }),
    clock: new ManualClock(),
    report: () => undefined,
  });
  expect(factsOf(loaded!.state)).toBe(factsOf(whole!.state));
  expect(JSON.stringify(loaded!.stream.view.snapshot())).toBe(JSON.stringify(whole!.stream.view.snapshot()));
  expect(loaded!.stream.material.forRun(0)).toEqual(whole!.stream.material.forRun(0));
  return from;
}

test("a checkpoint is due after so many events, or so many for each step, and at the end when it is worth it", () => {
  expect(isCheckpointDue(3, 0, 2, false)).toBe(false);
  expect(isCheckpointDue(4, 0, 2, false)).toBe(true);
  expect(isCheckpointDue(11, 0, 12, false)).toBe(false);
  expect(isCheckpointDue(12, 0, 12, false)).toBe(true);
  expect(isCheckpointDue(27, 24, 12, true)).toBe(false);
  expect(isCheckpointDue(28, 24, 12, true)).toBe(true);
});

describe("a run with checkpoints", () => {
  test("is opened from the newest one, and is the same as without any", async () => {
    await ran();
    const journal = sqliteJournal(path);
    const { position } = (await journal.loadCheckpoint("run"))!;
    expect(position).toBeGreaterThan(12);
    expect((await readFrom(journal))[0]).toBe(position);
    await journal.close();
  });

  test("keeps agent definitions in its journal alone", async () => {
    await ran();
    const journal = sqliteJournal(path);
    const definition = { ref: "package:one", name: "one", description: "", source: "package", system: "Be brief." };
    const commits = JSON.parse(JSON.stringify(await journal.read("run", 0, 1_000)), (_key, value: unknown) =>
      isStart(value) ? { ...value, definitions: [definition] } : value,
    ) as Awaited<ReturnType<Journal["read"]>>;
    await journal.close();
    const other = sqliteJournal(join(directory, "other.db"));
    await other.append("run", 0, commits, { summary: { id: "run", status: "running" } });
    const { state, stream } = (await loadRun("run", { journal: other, clock: new ManualClock(), report: never }))!;
    const checkpoint = checkpointOf(state, stream, commits.at(-1)!);
    expect(JSON.stringify(checkpoint)).not.toContain("Be brief.");
    await other.saveCheckpoint("run", { position: state.position, state: checkpoint });
    const loaded = await loadCheckpoint(other, "run");
    expect(loaded?.parts.view.definition("package:one")).toEqual(definition);
    await other.close();
  });

  test("goes on from one after a crash, with the outputs that were still to be handed on", async () => {
    await ran();
    const journal = sqliteJournal(path);
    const commits = await journal.read("run", 0, 1_000);
    const { state } = (await loadRun("run", {
      journal,
      clock: new ManualClock(),
      report: () => undefined,
      through: 14,
    }))!;
    expect(state.position).toBe(14);
    await journal.close();

    // The same run in another file, as a crash at position 14 would have left it, with a checkpoint at 12.
    const other = sqliteJournal(join(directory, "other.db"));
    const kept = commits.filter((commit) => commit.position <= 14);
    const asLeft = JSON.parse(JSON.stringify(kept), (key, value: unknown) =>
      key === "owner" && typeof value === "object" ? { ...value, pid: 2 ** 30 } : value,
    ) as typeof kept;
    await other.append("run", 0, asLeft, { summary: { id: "run", status: "running" } });
    const early = (await loadRun("run", {
      journal: other,
      clock: new ManualClock(),
      report: () => undefined,
      through: 12,
    }))!;
    const last = asLeft.find((commit) => commit.position === 12)!;
    await other.saveCheckpoint("run", { position: 12, state: checkpointOf(early.state, early.stream, last) });
    expect(await readFrom(other)).toContain(12);
    await other.close();

    await using runtime = await openRuntime({ journal: sqliteJournal(join(directory, "other.db")), graphs: [chain] });
    const run = (await runtime.get("run"))!;
    const outcome = await run.outcome();
    expect(outcome.status).toBe("succeeded");
    expect(outcome.output("s11")).toEqual({ number: 11 });
    expect(run.snapshot().epoch).toBe(2);
    expect(await run.verify()).toMatchObject({ ok: true });
  });
});

describe("a checkpoint is passed over, and the journal folded,", () => {
  type Forge = (checkpoint: { position: number; state: Record<string, never> }) => unknown;
  const forgeries: readonly (readonly [string, Forge])[] = [
    ["that is of another version", ({ position, state }) => ({ position, state: { ...state, version: "0/1" } })],
    ["that stands at another position", ({ position, state }) => ({ position: position - 2, state })],
    ["beyond the journal's end", ({ position, state }) => ({ position: position + 100, state })],
    [
      "with a changed fact",
      ({ position, state }) => ({ position, state: replaced(state, '"startedAt":', '"startedAt":1') }),
    ],
    [
      "with a changed phase",
      ({ position, state }) => ({ position, state: replaced(state, '"attempts":[1', '"attempts":[2') }),
    ],
    ["without its hash", ({ position, state }) => ({ position, state: { ...state, hash: "" } })],
    ["of another commit", ({ position, state }) => ({ position, state: { ...state, commit: "0000000000000000" } })],
    ["that is nothing", ({ position }) => ({ position, state: null })],
    ["that is a list", ({ position }) => ({ position, state: [1, 2, 3] })],
    ["that is half a one", ({ position, state }) => ({ position, state: { ...state, view: undefined } })],
  ];

  test.each(forgeries)("%s", async (_what, forge) => {
    await ran();
    const journal = sqliteJournal(path);
    const checkpoint = (await journal.loadCheckpoint("run"))! as unknown as Parameters<Forge>[0];
    expect(await loadCheckpoint(journal, "run")).toBeDefined();
    await journal.saveCheckpoint("run", forge(checkpoint) as Checkpoint);
    expect(await loadCheckpoint(journal, "run")).toBeUndefined();
    expect((await readFrom(journal))[0]).toBe(0);
    await journal.close();
  });

  test("that cannot be read", async () => {
    await ran();
    const journal = sqliteJournal(path);
    const broken = journalWith(journal, { loadCheckpoint: () => Promise.reject(new Error("unreadable")) });
    expect((await readFrom(broken))[0]).toBe(0);
    await journal.close();
  });

  test("that is of an earlier run of the same id", async () => {
    await ran();
    const journal = sqliteJournal(path);
    const checkpoint = (await journal.loadCheckpoint("run"))!;
    await journal.delete("run");
    await journal.close();
    await ran();
    const again = sqliteJournal(path);
    await again.saveCheckpoint("run", checkpoint);
    expect((await readFrom(again))[0]).toBe(0);
    await again.close();
  });
});

function replaced(state: Record<string, never>, text: string, by: string): unknown {
  const json = JSON.stringify(state);
  if (!json.includes(text)) throw new Error(`The checkpoint has no ${text}`);
  return JSON.parse(json.replace(text, by));
}

test("a checkpoint that cannot be written is told, and the run goes on", async () => {
  const told: string[] = [];
  const journal = sqliteJournal(path);
  const refusing = {
    ...journalWith(journal, { saveCheckpoint: () => Promise.reject(new Error("no room")) }),
    location: path,
  };
  await using runtime = await openRuntime({ journal: refusing, onDiagnostic: ({ code }) => void told.push(code) });
  const run = await runtime.start(chain);
  expect((await run.outcome()).status).toBe("succeeded");
  expect(told).toEqual(["checkpoint-failed"]);
});

function isStart(value: unknown): value is object {
  return (
    typeof value === "object" &&
    value !== null &&
    "type" in value &&
    (value.type === "run.start" || value.type === "run.started")
  );
}

function never(error: unknown): void {
  throw error;
}
