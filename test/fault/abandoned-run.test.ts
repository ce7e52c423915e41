import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openRuntime, parseGraph } from "runfold";
import type { Graph } from "runfold";
import { sqliteJournal } from "runfold/sqlite";
import { commandLine } from "../support/built-command.ts";

const document = {
  name: "left",
  objective: "Be left behind.",
  steps: [
    { id: "done", shell: "echo kept" },
    { id: "long", shell: "echo begun; sleep 1000", needs: ["done"] },
    { id: "never", shell: "echo never", needs: ["long"] },
  ],
};

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "runfold-abandoned-"));
  await writeFile(join(directory, "left.json"), JSON.stringify(document));
  const [program, ...command] = commandLine;
  const args = [...command, "run", "left.json", "--id", "left", "--db", "runs.db"];
  const child = spawn(program!, args, { cwd: directory, stdio: ["ignore", "pipe", "inherit"] });
  for await (const chunk of child.stdout) if (String(chunk).includes("begun")) break;
  child.kill("SIGKILL");
  await once(child, "exit");
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

function leftGraph(): Graph {
  const parsed = parseGraph(document);
  if (!parsed.ok) throw new Error("The graph of this test is invalid.");
  return parsed.graph;
}

test("a run whose process was killed, and that nobody takes over, is read and not waited for", async () => {
  await using runtime = await openRuntime({ journal: sqliteJournal(join(directory, "runs.db")), recover: false });
  const run = (await runtime.get("left"))!;
  expect(run.isAbandoned()).toBe(true);
  expect(Array.from(run.snapshot().steps, ({ status }) => status)).toEqual(["succeeded", "running", "pending"]);
  expect(await run.output("done")).toMatchObject({ stdout: "kept" });
  await expect(run.outcome()).rejects.toMatchObject({ code: "run.abandoned" });
  await expect(run.wait({ until: "end" })).rejects.toMatchObject({ code: "run.abandoned" });
  await expect(run.cancel()).rejects.toMatchObject({ code: "run.abandoned" });
});

test("a run whose process was killed can be cleaned up, and its id is free again", async () => {
  await using runtime = await openRuntime({ journal: sqliteJournal(join(directory, "runs.db")), recover: false });
  await (await runtime.get("left"))!.cleanup();
  expect(await runtime.list()).toEqual([]);
  const parsed = parseGraph({ ...document, steps: document.steps.slice(0, 1) });
  const again = await runtime.start(parsed.ok ? parsed.graph : leftGraph(), { id: "left" });
  expect((await again.outcome()).status).toBe("succeeded");
});
