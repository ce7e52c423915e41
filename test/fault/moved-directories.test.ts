import { mkdir, mkdtemp, realpath, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { command, defineGraph, memoryJournal, openRuntime, shell, step } from "runfold";
import type { Journal, Runtime, RuntimeDiagnostic } from "runfold";
import { importRun } from "../../src/import-run.ts";
import { exportRun } from "../../src/export-run.ts";
import { processesWith, showsProcesses } from "../support/processes.ts";
import { eventually } from "../support/eventually.ts";
import { journalWith } from "../../src/ports/journal-with.ts";

let root: string;
const open: Runtime[] = [];

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "runfold-moved-")));
  await mkdir(join(root, "work"));
});

afterEach(async () => {
  for (const runtime of open.splice(0)) await runtime.close();
  await rm(root, { recursive: true, force: true });
});

const graph = defineGraph("moved", {
  objective: "Run where it was.",
  steps: [step("a", { cwd: "work", run: shell("[ -e go ] && echo gone on || exec sleep 1000") })],
});

/** A run that was left in the middle of its only step. */
async function left(): Promise<Journal> {
  const journal = memoryJournal();
  const kept = journalWith(journal, { close: async () => undefined });
  const runtime = await openRuntime({ journal: kept, root });
  const run = await runtime.start(graph, { id: "left" });
  await eventually(() => run.snapshot().counts.running === 1, "the step runs");
  await runtime.close({ unfinished: "leave" });
  return kept;
}

async function opened(journal: Journal): Promise<{ readonly runtime: Runtime; readonly told: RuntimeDiagnostic[] }> {
  const told: RuntimeDiagnostic[] = [];
  const runtime = await openRuntime({ journal, root: tmpdir(), onDiagnostic: (one) => void told.push(one) });
  open.push(runtime);
  return { runtime, told };
}

describe("a run whose directory is not there when it is taken over", () => {
  test.each(["work", ""])("stays as it is, and goes on when it is back: its %s", async (part) => {
    const journal = await left();
    const before = await journal.head("left");
    const aside = `${root}-aside`;
    await rename(join(root, part), aside);
    const { runtime, told } = await opened(journal);
    expect(told).toMatchObject([{ code: "recovery-failed", run: "left" }]);
    expect(await journal.head("left")).toBe(before);
    const refusal = { code: "graph.invalid", message: expect.stringContaining(part === "" ? root : '"work"') };
    await expect(runtime.resume("left")).rejects.toMatchObject(refusal);
    await rename(aside, join(root, part));
    await writeFile(join(root, "work/go"), "");
    const run = await runtime.resume("left");
    expect((await run.outcome()).output("a")).toMatchObject({ stdout: "gone on" });
  });
});

test("a directory that is another one after a restart is taken as it is found", async () => {
  const journal = await left();
  // As when a file system is mounted anew: the same path, another inode.
  await rename(join(root, "work"), join(root, "old"));
  await mkdir(join(root, "work"));
  await writeFile(join(root, "work/go"), "");
  const { runtime } = await opened(journal);
  const run = await runtime.resume("left");
  expect((await run.outcome()).output("a")).toMatchObject({ stdout: "gone on" });
  expect(await run.verify()).toMatchObject({ ok: true });
});

if (!showsProcesses) console.info("skipped: this system does not show the environments of processes");

test.runIf(showsProcesses)(
  "a copy of a run that is resumed elsewhere ends nothing that the original runs",
  async () => {
    const sleeper = defineGraph("sleeper", {
      objective: "Go on.",
      steps: [step("a", { run: command("sleep", [`100${process.pid}`]) })],
    });
    const journal = memoryJournal();
    const runtime = await openRuntime({ journal, root });
    open.push(runtime);
    const run = await runtime.start(sleeper, { id: "original" });
    const isThere = async (): Promise<boolean> => (await processesWith(run.snapshot().life)).length > 0;
    await eventually(isThere, "the command runs");
    const [pid] = await processesWith(run.snapshot().life);
    const other = memoryJournal();
    await importRun(other, exportRun(journal, "original"));
    const { runtime: elsewhere } = await opened(other);
    const copy = await elsewhere.resume("original", { force: true });
    await eventually(async () => (await processesWith(run.snapshot().life)).length > 1, "the copy's command runs");
    expect(await processesWith(run.snapshot().life)).toContain(pid);
    expect(run.snapshot().counts.running).toBe(1);
    await copy.cancel({ force: true });
    await copy.outcome();
    expect(await processesWith(run.snapshot().life)).toEqual([pid]);
  },
);
