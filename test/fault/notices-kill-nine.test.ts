import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { openRuntime } from "runfold";
import { sqliteJournal } from "runfold/sqlite";

const program = fileURLToPath(new URL("../support/notice-teller.mjs", import.meta.url));

/** Runs a process until it has been told of the end, and kills it before it has taken that. Gives the keys that it was told. */
async function toldUntilKilled(db: string): Promise<string[]> {
  const child = spawn(process.execPath, [program, db], { stdio: ["ignore", "pipe", "inherit"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const exited = once(child, "exit");
  const keys: string[] = [];
  for await (const key of createInterface({ input: child.stdout })) {
    keys.push(key);
    if (keys.length === 3) child.kill("SIGKILL");
  }
  await exited;
  return keys;
}

test("a process that is killed while it tells of a run's end leaves that to the next: under the same key, and nothing but that", async () => {
  const directory = mkdtempSync(join(tmpdir(), "runfold-notices-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const db = join(directory, "runs.db");
  const before = await toldUntilKilled(db);
  expect(before).toHaveLength(3);
  expect(new Set(before).size).toBe(3);

  const told: { key: string; status: string }[] = [];
  let isTold = (): void => undefined;
  const first = new Promise<void>((resolve) => (isTold = resolve));
  const sink = ({ key, status }: { key: string; status: string }): void => {
    told.push({ key, status });
    isTold();
  };
  const runtime = await openRuntime({ journal: sqliteJournal(db), notices: [{ subscriber: "ear", sink }] });
  await first;
  // Closing waits for what is being told.
  await runtime.close();
  expect(told).toEqual([{ key: before[2], status: "succeeded" }]);

  const again = await openRuntime({ journal: sqliteJournal(db), notices: [{ subscriber: "ear", sink }] });
  const marks = await again.notices.of("r1");
  expect(marks.map(({ notice, state }) => `${notice} ${state}`)).toEqual([
    "0 closed",
    "1 delivered",
    "2 delivered",
    "3 delivered",
  ]);
  expect((await (await again.get("r1"))!.verify()).ok).toBe(true);
  await again.close();
  expect(told).toHaveLength(1);
});
