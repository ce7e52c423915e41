import { expect, test } from "vitest";
import { defineGraph, memoryJournal, openRuntime, RunfoldError, step, task } from "runfold";
import type { Journal, Step } from "runfold";

function chainOf(length: number) {
  const steps: Step[] = [];
  for (let number = 0; number < length; number++) {
    const before = steps.at(-1);
    steps.push(step(`s${number}`, { needs: before === undefined ? {} : { before }, run: task(() => undefined) }));
  }
  return defineGraph("chain", { objective: "One after the other.", steps });
}

/** A journal that answers every append, and other methods as they are asked. */
function withAppend(inner: Journal, append: Journal["append"]): Journal {
  return new Proxy(inner, {
    get: (target, name) => {
      if (name === "append") return append;
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

test("a journal that another process holds for a moment is waited for, and the run goes on", async () => {
  const inner = memoryJournal();
  let appends = 0;
  const journal = withAppend(inner, (...args) => {
    appends++;
    if (appends === 3 || appends === 4)
      return Promise.reject(new RunfoldError("journal.busy", "Held by another process."));
    return inner.append(...args);
  });
  const told: string[] = [];
  await using runtime = await openRuntime({ journal, onDiagnostic: ({ code }) => told.push(code) });
  const run = await runtime.start(chainOf(4));
  expect((await run.outcome()).status).toBe("succeeded");
  expect(told).toEqual(["journal-waits"]);
});

test("a run of many tasks that end at once lets timers and cancels have their turn", async () => {
  await using runtime = await openRuntime();
  const run = await runtime.start(chainOf(30_000));
  setImmediate(() => void run.cancel({ reason: "Enough." }));
  const { status, run: ended } = await run.outcome();
  expect(status).toBe("canceled");
  expect(ended.counts.canceled).toBeGreaterThan(0);
});

test("a receipt reads a commit that holds many events once", async () => {
  const inner = memoryJournal();
  let reads = 0;
  const journal = new Proxy(inner, {
    get: (target, name) => {
      if (name === "read") reads++;
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  await using runtime = await openRuntime({ journal });
  const first = step("first", { run: task(() => Promise.reject(new Error("no"))) });
  const rest = Array.from({ length: 1_000 }, (_, number) =>
    step(`s${number}`, { needs: { first }, run: task(() => undefined) }),
  );
  const run = await runtime.start(defineGraph("blocked", { objective: "Block many.", steps: [first, ...rest] }));
  await run.wait({ until: "end" });
  reads = 0;
  const snapshot = run.snapshot();
  const start = run.events();
  const { value } = await start.next();
  reads = 0;
  const receipt = await run.wait({ after: value!.cursor });
  expect([receipt.events.length, receipt.omittedEvents > 900, snapshot.counts.blocked]).toEqual([100, true, 1_000]);
  expect(reads).toBeLessThanOrEqual(2);
});

test("a cursor from somebody who has read further is waited for, in a handle that is a moment behind", async () => {
  const journal = memoryJournal();
  await using writer = await openRuntime({ journal });
  await using reader = await openRuntime({ journal: withAppend(journal, (...args) => journal.append(...args)) });
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const graph = defineGraph("held", { objective: "Wait.", steps: [step("a", { run: task(() => held) })] });
  const run = await writer.start(graph, { id: "r" });
  const behind = (await reader.get("r"))!;
  release();
  const { cursor } = await run.wait({ until: "end" });
  const receipt = await behind.wait({ after: cursor, until: "end" });
  expect([receipt.woke, receipt.cursor]).toEqual(["end", cursor]);
});
