import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { agentGraph, agentStep, eventsOf } from "../support/agent-runtime.ts";
import { eventually } from "../support/eventually.ts";
import { userTexts } from "../support/model-server/model-request.ts";
import { modelServers } from "../support/model-server/model-servers.ts";
import { answer, calls } from "../support/model-server/reply.ts";
import { inOrder } from "../support/model-server/script.ts";
import { processesWith, showsProcesses } from "../support/processes.ts";
import { geminiPlace, missingGemini, realGeminiTimeoutMs } from "../support/real-gemini.ts";

const serve = modelServers();
/** What the agent calls its shell, and with which of our tools it may use it. */
const shell = "run_shell_command";
const withShell = ["read", "grep", "find", "ls", "bash"];

function step(id: string, tools?: readonly string[]) {
  return agentStep(id, { agent: { kind: "gemini", ...(tools === undefined ? {} : { tools }) } });
}

describe("a real agent of the Agent Client Protocol, the Gemini command line", { timeout: realGeminiTimeoutMs }, () => {
  test("answers, runs what its tools allow and nothing else, and takes a follow_up", async ({ skip }) => {
    if (missingGemini !== undefined) skip(missingGemini);
    const wait = "touch begun; while ! test -e go; do sleep 0.02; done; echo went";
    const server = await serve({
      plain: inOrder({ ...answer("It turns at seven."), usage: { inputTokens: 120, outputTokens: 7 } }),
      allowed: inOrder(answer("I run it.", calls(shell, { command: wait })), answer("It went."), answer("I rested.")),
      refused: inOrder(answer("I try.", calls(shell, { command: "touch refused" })), answer("I may not.")),
    });
    const place = await geminiPlace(server);
    // One after the other: those that start at once in a new home are now and then in each other's way there, and say "Internal error".
    const steps = [step("plain"), step("allowed", withShell), step("refused")];
    const run = await place.runtime.start(agentGraph("asked", steps, { limits: { concurrency: 1 } }));
    await eventually(() => place.has("begun"), "the allowed tool runs");
    // It is taken up when its turn comes. The one after it is denied at once, and by then it is in the queue.
    const told = run.message("allowed", { channel: "follow_up", text: "Then rest." });
    expect(await run.message("allowed", { channel: "steer", text: "Now." })).toMatchObject({ status: "denied" });
    await writeFile(join(place.workspace, "go"), "");
    expect(await told).toMatchObject({ status: "consumed", message: 1 });

    const outcome = await run.outcome();
    expect([...outcome.run.steps].map(({ id, status, failure }) => [id, status, failure?.message])).toEqual([
      ["plain", "succeeded", undefined],
      ["allowed", "succeeded", undefined],
      ["refused", "succeeded", undefined],
    ]);
    expect(outcome.output("plain")).toBe("It turns at seven.");
    expect(outcome.output("allowed")).toMatch(/It went\.[^]*I rested\./);
    expect(outcome.output("refused")).toBe("I may not.");
    expect(place.has("refused")).toBe(false);
    const events = (await eventsOf(run)).map(({ event }) => event);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "diagnostic.recorded", step: "refused", code: "acp-permission" }),
    );
    const usages = events.flatMap((event) =>
      event.type === "step.succeeded"
        ? [[event.step, [event.usage?.inputTokens, event.usage?.outputTokens]] as const]
        : [],
    );
    expect(Object.fromEntries(usages)).toEqual({ plain: [120, 7], refused: [200, 20], allowed: [300, 30] });

    const [first, second, third] = server.requestsOf("allowed");
    expect(first!.headers["x-goog-api-key"]).toBe("fake-key");
    expect(second!.messages.at(-1)).toMatchObject({ role: "tool", text: expect.stringContaining("went") });
    expect(userTexts(third!).at(-1)).toContain("Then rest.");
    expect(await run.verify()).toMatchObject({ ok: true });
  });

  test.runIf(showsProcesses)("is canceled in a stubborn tool, and no process is left", async ({ skip }) => {
    if (missingGemini !== undefined) skip(missingGemini);
    const stubborn = "trap '' TERM HUP INT; setsid sleep 1000 & sleep 1000 & touch begun; wait";
    const server = await serve({ worker: inOrder(answer("I run it.", calls(shell, { command: stubborn }))) });
    const place = await geminiPlace(server);
    const run = await place.runtime.start(agentGraph("stopped", [step("worker", withShell)]));
    await eventually(() => place.has("begun"), "the tool runs");
    expect((await processesWith(place.directory)).length).toBeGreaterThanOrEqual(3);
    await run.cancel({ reason: "Enough." });
    const { status, run: ended } = await run.outcome();
    expect(status).toBe("canceled");
    expect(await processesWith(place.directory)).toEqual([]);
    expect([...ended.steps].map((one) => [one.status, one.failure?.kind])).toEqual([["canceled", "aborted"]]);
    expect(await run.result("worker")).toMatchObject({ partial: { value: "I run it." } });
  });
});
