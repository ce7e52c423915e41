import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../../src/adapters/clocks/system-clock.ts";
import { acpProgram } from "../../../../src/adapters/executors/acp/acp-program.ts";
import { agentExecutor } from "../../../../src/adapters/executors/agents/agent-executor.ts";
import type { AttemptResult } from "../../../../src/ports/executor.ts";
import { sentMessage } from "../../../support/acp/acp-order.ts";
import { eventually } from "../../../support/eventually.ts";
import { fakeAttempt, type FakeAttempt } from "../../../support/fake-attempt.ts";
import { isRunning, processesWith, showsProcesses } from "../../../support/processes.ts";

const script = fileURLToPath(new URL("../../../support/acp/sdk-agent.mjs", import.meta.url));
const executor = agentExecutor({ programs: [acpProgram()], clock: systemClock() });

afterAll(() => executor.close?.());

// Whatever came of a test, nothing that it started is left.
afterEach(async () => {
  if (showsProcesses) await eventually(async () => (await processesWith(script)).length === 0, "every agent is gone");
});

interface Started {
  readonly attempt: FakeAttempt;
  readonly result: Promise<AttemptResult>;
}

/** Runs one attempt of an agent that is built with the protocol's own library. */
function run(task: string, tools?: readonly string[]): Started {
  const command = [process.execPath, script];
  const agent = { kind: "acp", task, command, system: "You are a witness.", ...(tools === undefined ? {} : { tools }) };
  const authority = { allowFilesystemRead: true, allowShellTools: true, allowMutationTools: true };
  const attempt = fakeAttempt(
    { agent },
    { graph: { name: "graph", objective: "Be tested.", steps: [{ id: "step", agent }], authority } },
  );
  return { attempt, result: executor.execute(attempt) };
}

describe("an agent that speaks through the protocol's own library", () => {
  it("is given its task and gives its answer and its usage", async () => {
    const { attempt, result } = run("Say it back.");
    const ended = await result;
    expect(ended).toMatchObject({ type: "succeeded", usage: { inputTokens: 10, outputTokens: 5 } });
    const text = JSON.stringify(ended);
    expect(text).toContain("You said: ");
    expect(text).toContain("You are a witness.");
    expect(text).toContain("Say it back.");
    expect(attempt.textOf("assistant-1")).toContain("Say it back.");
    expect(attempt.diagnostics).toEqual([]);
  });

  it.each([
    ["is allowed", ["bash"], "It said hello.", "allow_once"],
    ["is not allowed", undefined, "I was not allowed to.", "reject_once"],
  ])("%s to run a command by its tools", async (_, tools, answer, decision) => {
    const { attempt, result } = run("RUN", tools);
    expect(JSON.stringify(await result)).toContain(answer);
    expect(attempt.tools).toMatchObject([
      { tool: "execute", phase: "started", call: "call-1", summary: "echo hello" },
      { tool: "permission", call: "call-1", summary: `${decision}: echo hello` },
      { tool: "execute", phase: "ended", call: "call-1", isError: decision === "reject_once" },
    ]);
  });

  it("takes a follow_up in the same session", async () => {
    const { attempt, result } = run("RUN", ["bash"]);
    const message = sentMessage("Say this as well.");
    await eventually(() => attempt.listener !== undefined, "the attempt listens to messages");
    attempt.listener?.(message);
    const text = JSON.stringify(await result);
    expect(text).toContain("It said hello.");
    expect(text).toContain("Say this as well.");
    expect(message.said).toEqual(["accepted", "consumed"]);
  });

  it.each([
    ["has no answer", "EMPTY", { kind: "agent", code: "assistant-final-empty" }],
    ["has an error", "BREAK", { kind: "agent", code: "acp-error" }],
    [
      "falls over",
      "CRASH",
      { kind: "agent", code: "agent-exited", exitCode: 7, message: expect.stringContaining("the agent fell over") },
    ],
  ])("fails where it %s", async (_, task, failure) => {
    expect(await run(task).result).toMatchObject({ type: "failed", failure });
  });

  it("is cancelled in its own words, and what it left is gone with it", async () => {
    const { attempt, result } = run("WAIT");
    await attempt.textWith("assistant-1", "Waiting with ");
    const left = Number(/\d+/.exec(attempt.textOf("assistant-1"))?.[0]);
    expect(await isRunning(left)).toBe(showsProcesses);
    attempt.stop.ask();
    const ended = await result;
    expect(ended).toMatchObject({ type: "failed", failure: { kind: "aborted" } });
    expect(JSON.stringify(ended)).toContain(`Waiting with ${left}`);
    await eventually(async () => !(await isRunning(left)), "what the agent left is gone");
  });
});
