import { getEventListeners } from "node:events";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { defineGraph, openRuntime, step, task, type Run, type Runtime } from "runfold";
import { sqliteJournal } from "runfold/sqlite";
import { temporaryDirectory } from "../conformance/journal/temporary-directory.ts";

/** Twice as many as Node takes for a leak. */
const count = 20;

/** As many runs that wait, and handles to them of another runtime that follows them. */
async function followedRuns(): Promise<{ readonly follower: Runtime; readonly runs: readonly Run[] }> {
  const path = join(temporaryDirectory(), "runs.db");
  const open = async (): Promise<Runtime> => {
    const runtime = await openRuntime({ journal: sqliteJournal(path), recover: false });
    onTestFinished(() => runtime.close());
    return runtime;
  };
  const owner = await open();
  const held = step("held", {
    run: task(
      (_, { signal }) =>
        new Promise<string>((_resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        }),
    ),
  });
  const graph = defineGraph("held", { objective: "Wait.", steps: [held] });
  const ids = Array.from({ length: count }, (_, index) => `r${index}`);
  for (const id of ids) await owner.start(graph, { id });
  const follower = await open();
  const runs: Run[] = [];
  for (const id of ids) runs.push((await follower.get(id))!);
  return { follower, runs };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What Node warned of by now. */
function warnings(): () => Promise<readonly string[]> {
  const heard: string[] = [];
  const hear = ({ message }: Error): void => void heard.push(message);
  process.on("warning", hear);
  onTestFinished(() => void process.off("warning", hear));
  return async () => {
    await nextTurn();
    return heard;
  };
}

describe("one signal for many runs", () => {
  test("is no leak where a runtime follows them, and ends all when it closes", async () => {
    const heard = warnings();
    const { follower, runs } = await followedRuns();
    const ends = runs.map((run) => run.wait({ until: "end" }).catch((error: unknown) => error));
    await nextTurn();
    await follower.close();
    for (const end of ends) expect(await end).toMatchObject({ code: "runtime.closed" });
    expect(await heard()).toEqual([]);
  });

  test("is no leak where a caller waits for all and reads all, and is told to all; then nobody listens", async () => {
    const heard = warnings();
    const { runs } = await followedRuns();
    const stop = new AbortController();
    const { signal } = stop;
    const waits = runs.map((run) => run.wait({ until: "end", signal }).catch((error: unknown) => error));
    const reads = runs.map(async (run) => {
      for await (const _ of run.events({ after: run.snapshot().cursor, signal }));
      return "read";
    });
    await nextTurn();
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    const reason = new Error("That is all.");
    stop.abort(reason);
    for (const wait of waits) expect(await wait).toBe(reason);
    expect(await Promise.all(reads)).toEqual(reads.map(() => "read"));
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    expect(await heard()).toEqual([]);
  });

  test("keeps no listener when those who waited have what they waited for", async () => {
    const { runs } = await followedRuns();
    const { signal } = new AbortController();
    const waits = runs.map((run) => run.wait({ until: "end", signal }));
    await Promise.all(runs.map((run) => run.cancel()));
    await Promise.all(waits);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });
});
