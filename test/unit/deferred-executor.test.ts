import { expect, test } from "vitest";
import type { Executor } from "runfold";
import { foreknownAgents } from "../../src/agent-options.ts";
import { deferredExecutor } from "../../src/deferred-executor.ts";
import { scriptedExecutor } from "runfold/testing";
import { fakeAttempt } from "../support/fake-attempt.ts";

function deferred() {
  let loads = 0;
  let closed = 0;
  const inner: Executor = {
    ...scriptedExecutor({
      kinds: ["agent"],
      started: (attempt) => attempt.end({ type: "succeeded", output: { value: "done" } }),
    }),
    refuses: () => "not today",
    close: async () => void closed++,
  };
  const load = async (): Promise<Executor> => {
    loads++;
    return inner;
  };
  const executor = deferredExecutor(foreknownAgents({ acp: [{ kind: "gemini" }] }), load);
  return { executor, loads: () => loads, closed: () => closed };
}

const step = { id: "a", agent: { kind: "pi", task: "Think." } };

test("an executor that nobody needs is never loaded, nor closed", async () => {
  const { executor, loads, closed } = deferred();
  expect(executor.kinds).toEqual(["agent"]);
  expect(executor.refuses?.(step, "run-1")).toBeUndefined();
  expect(executor.refuses?.({ id: "a", agent: { kind: "gemini", task: "Think." } }, "run-1")).toBeUndefined();
  expect(executor.takesMessages?.(step)).toBe(true);
  await executor.close?.();
  expect([loads(), closed()]).toEqual([0, 0]);
});

test("what it would refuse without being loaded are kinds that nobody set up", () => {
  const { executor } = deferred();
  expect(executor.refuses?.({ id: "a", agent: { kind: "stranger", task: "Think." } }, "run-1")).toBe(
    "No agent of kind stranger is set up here; known kinds: pi, acp, gemini.",
  );
});

test("it is loaded once, by the first look at a graph, and speaks for itself from then on", async () => {
  const { executor, loads, closed } = deferred();
  const graph = { name: "g", objective: "o", steps: [step] };
  const [prepared] = await Promise.all([
    executor.prepare?.(graph, [step], "/"),
    executor.prepare?.(graph, [step], "/"),
  ]);
  expect(prepared).toEqual({ findings: [], definitions: [] });
  expect(executor.refuses?.(step, "run-1")).toBe("not today");
  expect(await executor.execute(fakeAttempt(step))).toMatchObject({ type: "succeeded", output: { value: "done" } });
  await executor.sweep?.({ life: "life", epoch: 2 });
  await executor.close?.();
  expect([loads(), closed()]).toEqual([1, 1]);
});
