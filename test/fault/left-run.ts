import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { RunningCommand, Workplace } from "./cli-process.ts";

/**
 * Three steps, one after the other: the first leaves a mark each time that it runs, the second waits for a file `go`, however long
 * that takes.
 */
const steps = [
  { id: "first", shell: "echo first >> marks; echo kept" },
  {
    id: "second",
    shell: "echo begun; while ! test -e go; do sleep 0.05; echo waits; done; echo over",
    needs: ["first"],
  },
  { id: "third", shell: "echo third >> marks; echo end", needs: ["second"] },
];

/** Starts the run of the three steps, and resolves once its second one works. */
export async function startedRun(place: Workplace, id: string, rest: object = {}): Promise<RunningCommand> {
  const run = place.start(["run", place.graph("three", steps, rest), "--id", id]);
  await run.until("second  begun");
  return run;
}

/** A run whose process was killed in the middle of its second step. Returns the process's id. */
export async function leftRun(place: Workplace, id: string, rest: object = {}): Promise<number> {
  const run = await startedRun(place, id, rest);
  run.child.kill("SIGKILL");
  await run.ended;
  return run.child.pid ?? 0;
}

/** Lets every second step end. */
export function letGo(place: Workplace): void {
  writeFileSync(place.path("go"), "");
}

/** What the first and the third steps left, in order. */
export function marks(place: Workplace): readonly string[] {
  const path = place.path("marks");
  return existsSync(path) ? readFileSync(path, "utf8").trim().split("\n") : [];
}
