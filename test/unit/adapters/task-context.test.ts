import { describe, expect, it } from "vitest";
import { taskExecutor } from "../../../src/adapters/executors/task-executor.ts";
import type { TaskBinding } from "../../../src/domain/graph.ts";
import type { Attempt, AttemptResult } from "../../../src/ports/executor.ts";
import { fakeAttempt, type FakeAttempt } from "../../support/fake-attempt.ts";
import { succeeded } from "../../support/command-fixture.ts";

interface Context {
  readonly signal: AbortSignal;
  readonly progress: (message: string, fraction?: number) => void;
  readonly after: Record<string, { status: string; output?: unknown; failure?: { message: string } }>;
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
}
type Call = (needs: Record<string, unknown>, context: Context) => unknown;

/** Runs one attempt of a task that is this function. */
function runTask(
  call: Call,
  attempt: Attempt = fakeAttempt({ task: "t" }),
  names: Partial<TaskBinding> = {},
): Promise<AttemptResult> {
  const binding: TaskBinding = { call, ...names };
  return taskExecutor({ find: () => binding }).execute(attempt);
}

describe("a task's context", () => {
  it("names run, step and attempt", async () => {
    const attempt = fakeAttempt({ task: "t", id: "my-step" }, { number: 2 });
    expect(
      succeeded(await runTask((_, { run: id, step, attempt: number }) => [id, step, number], attempt)).output,
    ).toEqual({
      value: ["run-1", "my-step", 2],
    });
  });

  it("makes no signal unless the task asks for it", async () => {
    const attempt = fakeAttempt({ task: "t" });
    await runTask(() => undefined, attempt);
    expect(attempt.stop.listenerCount).toBe(0);
    await runTask((_, context) => void [context.signal, context.signal], attempt);
    expect(attempt.stop.listenerCount).toBe(1);
  });

  it("has a signal that is aborted already when the request came first", async () => {
    const attempt: FakeAttempt = fakeAttempt({ task: "t" });
    attempt.stop.ask({ cause: "timedOut" });
    const seen = await runTask((_, { signal }) => [signal.aborted, signal.reason.name], attempt);
    expect(succeeded(seen).output.value).toEqual([true, "TimeoutError"]);
  });

  it("lets a task that returns although it was told to stop succeed", async () => {
    const attempt = fakeAttempt({ task: "t" });
    attempt.stop.ask();
    expect(succeeded(await runTask(() => "done", attempt)).output.value).toBe("done");
  });

  it("reports progress, with a fraction between 0 and 1", async () => {
    const attempt = fakeAttempt({ task: "t" });
    await runTask((_, { progress }) => {
      progress("half", 0.5);
      progress("more", 7);
      progress("what", Number.NaN);
      progress("plain");
    }, attempt);
    expect(attempt.notes).toEqual([
      { message: "half", fraction: 0.5 },
      { message: "more", fraction: 1 },
      { message: "what", fraction: undefined },
      { message: "plain", fraction: undefined },
    ]);
  });
});
