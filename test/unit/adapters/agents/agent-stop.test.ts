import { describe, expect, it } from "vitest";
import type { AttemptResult, StopRequest } from "../../../../src/ports/executor.ts";
import { failed, succeeded } from "../../../support/command-fixture.ts";
import { processesWith, showsProcesses } from "../../../support/processes.ts";
import { agentAttempt, agentExecutors, done, final, text } from "../../../support/scripted-program.ts";

const open = agentExecutors();
const output = (result: AttemptResult): unknown => succeeded(result).output.value;

describe("an agent that is told to stop", () => {
  it("may say goodbye, and keeps what it had", async () => {
    const attempt = agentAttempt();
    const running = open([text("so far"), "wait for abort", { type: "failed", text: "Aborted." }]).execute(attempt);
    await attempt.textWith("assistant-1", "so far");
    attempt.stop.ask({ cause: "canceled" });
    expect(failed(await running)).toMatchObject({
      failure: {
        kind: "aborted",
        code: "assistant-error",
        message: "The agent was told to stop (canceled); its program said: Aborted.",
      },
      partial: { value: "so far" },
    });
  });

  it("has failed by its deadline where that was the cause", async () => {
    const attempt = agentAttempt();
    const running = open([text("so far"), "wait for abort", { exit: 0 }]).execute(attempt);
    await attempt.textWith("assistant-1", "so far");
    attempt.stop.ask({ cause: "timedOut" });
    expect(failed(await running).failure).toMatchObject({
      kind: "timedOut",
      message: expect.stringContaining("deadline"),
    });
  });

  it("has succeeded where it was done all the same", async () => {
    const attempt = agentAttempt();
    const running = open([text("so far"), "wait for abort", final("done anyway"), done]).execute(attempt);
    await attempt.textWith("assistant-1", "so far");
    attempt.stop.ask();
    expect(output(await running)).toBe("done anyway");
  });

  it("is ended where it does not listen, and its talk with it", async () => {
    const attempt = agentAttempt({}, { run: `deaf-${process.pid}` });
    const running = open([text("so far"), "stay", "ignore SIGTERM", text(" on")]).execute(attempt);
    await attempt.textWith("assistant-1", "on");
    attempt.stop.ask({ graceMs: 200 });
    expect(failed(await running)).toMatchObject({ failure: { kind: "aborted" }, partial: { value: "so far on" } });
    expect(showsProcesses ? await processesWith(`RUNFOLD_RUN=${attempt.run}`) : []).toEqual([]);
  });

  it("is ended at once by force, and when the executor closes", async () => {
    const attempt = agentAttempt();
    const executor = open([text("so far"), "stay", "ignore SIGTERM", text(" on")]);
    const running = executor.execute(attempt);
    await attempt.textWith("assistant-1", "on");
    await executor.close?.();
    expect(failed(await running).failure).toMatchObject({ kind: "aborted" });
  });

  it("is given up where its program goes on without it", async () => {
    const attempt = agentAttempt();
    const running = open(["stay"], {
      converse: (child) => {
        child.onRecord(() => undefined);
        attempt.text("assistant-1", "talking");
        return new Promise(() => undefined);
      },
    }).execute(attempt);
    await attempt.textWith("assistant-1", "talking");
    attempt.stop.ask({ graceMs: 0, force: true });
    expect(failed(await running).failure).toMatchObject({
      kind: "aborted",
      message: expect.stringContaining("went on after its process had been ended"),
    });
  });

  it("hears of it from the closing executor as from its run", async () => {
    const attempt = agentAttempt();
    const heard: StopRequest[] = [];
    const executor = open(["stay"], {
      converse: async (_, order) => {
        const asked = new Promise<void>((resolve) => {
          order.attempt.stop.onRequest((request) => {
            heard.push(request);
            resolve();
          });
        });
        attempt.text("assistant-1", "talking");
        await asked;
        return { type: "succeeded", finals: ["just in time"] };
      },
    });
    const running = executor.execute(attempt);
    await attempt.textWith("assistant-1", "talking");
    await executor.close?.();
    expect(output(await running)).toBe("just in time");
    expect(heard).toEqual([{ cause: "canceled", graceMs: 0, force: true }]);
  });

  it("is not even started where that came first", async () => {
    const attempt = agentAttempt({}, { run: `early-${process.pid}` });
    attempt.stop.ask();
    let talks = 0;
    const result = failed(
      await open([], { converse: async () => (talks++, { type: "succeeded", finals: ["x"] }) }).execute(attempt),
    );
    expect(result.failure).toEqual({ kind: "aborted", message: "The agent was told to stop (canceled)." });
    expect(talks).toBe(0);
  });
});
