import { describe, expect, it } from "vitest";
import { fakeAttempt, type FakeAttempt } from "../../support/fake-attempt.ts";
import { runTask } from "../../support/task-fixture.ts";
import { succeeded } from "../../support/command-fixture.ts";

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
