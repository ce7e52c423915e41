import { existsSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, it } from "vitest";
import type { AgentOrder } from "../../../../src/adapters/executors/agents/agent-program.ts";
import { limits } from "../../../../src/domain/limits.ts";
import type { AttemptResult } from "../../../../src/ports/executor.ts";
import { failed, succeeded } from "../../../support/command-fixture.ts";
import { eventually } from "../../../support/eventually.ts";
import { processesWith, showsProcesses } from "../../../support/processes.ts";
import {
  agentAttempt,
  agentExecutors,
  artifactText,
  done,
  final,
  scriptedProgram,
  text,
} from "../../../support/scripted-program.ts";

const open = agentExecutors();
const output = (result: AttemptResult): unknown => succeeded(result).output.value;

describe("an agent that succeeds", () => {
  it("gives its final answer as it is, and what it used", async () => {
    const attempt = agentAttempt();
    const result = await open([text("thinking aloud"), final(" The answer.\n"), done]).execute(attempt);
    expect(result).toEqual({
      type: "succeeded",
      output: { value: " The answer.\n" },
      usage: { inputTokens: 1, outputTokens: 2 },
    });
    expect(attempt.textOf("assistant-1")).toBe("thinking aloud");
    expect(attempt.diagnostics).toEqual([]);
  });

  it("gives several answers under numbered headings", async () => {
    const result = await open([final("one"), final("two"), done]).execute(agentAttempt());
    expect(output(result)).toBe("## Answer 1 of 2\n\none\n\n## Answer 2 of 2\n\ntwo");
  });

  it("gives a long answer as an artifact", async () => {
    const attempt = agentAttempt();
    const long = "x".repeat(limits.agentAnswerCharsMax + 1);
    const result = succeeded(await open([final(long), done]).execute(attempt));
    expect(result.output).toMatchObject({
      value: null,
      spilled: [{ pointer: "", encoding: "text", artifact: { bytes: long.length } }],
    });
    expect(await artifactText(attempt, "output.txt")).toBe(long);
    // Fewer characters, but more bytes than a journal keeps.
    const wide = "語".repeat(6_000);
    expect(succeeded(await open([final(wide), done]).execute(agentAttempt())).output.spilled).toHaveLength(1);
  });

  it("fails where its answer cannot be kept", async () => {
    const attempt = agentAttempt({}, { createArtifact: () => Promise.reject(new Error("the disk is full")) });
    const result = failed(await open([final("x".repeat(20_000)), done]).execute(attempt));
    expect(result.failure).toEqual({
      kind: "output",
      message: "The agent's answer could not be kept: the disk is full",
    });
  });

  it("is told its task and who it is", async () => {
    const told = await open(["task", "prompt", done]).execute(
      agentAttempt({ task: "Look around.", mutationScope: "nothing at all" }),
    );
    const said = String(output(told));
    expect(said).toContain("Look around.");
    expect(said).toContain("nothing at all");
    expect(said).toContain("You help.");
    expect(said).toContain("Agent: inline:step");
  });

  it("has an environment without the secrets of others, and its own variables", async () => {
    const environment = {
      PATH: process.env["PATH"],
      SECRET: "s",
      AWS_SECRET_ACCESS_KEY: "s",
      OPENAI_API_KEY: "key",
      NAMED: "n",
      RUNFOLD_STEP: "other",
    };
    const base = scriptedProgram(["environment", done]);
    const named = open(
      ["environment", done],
      {
        launch: async (order) => ({ ...(await base.launch(order)), environment: { OWN: "program", BOTH: "program" } }),
      },
      { environment, inheritVariables: ["NAMED"] },
    );
    const attempt = agentAttempt();
    Object.assign(attempt.step, { env: { MINE: "step", BOTH: "step" } });
    const seen = JSON.parse(String(output(await named.execute(attempt)))) as Record<string, string>;
    expect(seen).toMatchObject({ OPENAI_API_KEY: "key", NAMED: "n", MINE: "step", OWN: "program", BOTH: "program" });
    expect(seen).toMatchObject({ RUNFOLD_RUN: "run-1", RUNFOLD_STEP: "step", RUNFOLD_ATTEMPT: "1" });
    expect(seen).not.toHaveProperty("SECRET");
    expect(seen).not.toHaveProperty("AWS_SECRET_ACCESS_KEY");
  });

  it.runIf(showsProcesses)("may leave by itself, and takes along what it started", async () => {
    for (const [actions, codes] of [
      [[], []],
      [["leave a child"], ["agent-left-processes"]],
    ] as const) {
      const attempt = agentAttempt({}, { run: `leaver-${process.pid}-${codes.length}` });
      const executor = open([...actions, final("x"), done]);
      expect(output(await executor.execute(attempt))).toBe("x");
      await eventually(async () => (await processesWith(`RUNFOLD_RUN=${attempt.run}`)).length === 0, "it has left");
      await eventually(() => attempt.diagnostics.length >= codes.length, "what it left was told");
      await executor.close?.();
      expect(attempt.diagnostics.map(({ code }) => code)).toEqual(codes);
    }
  });

  it("gives its answer before it has left, and closing waits until it has", async () => {
    const leaver = scriptedProgram([final("x"), "stay", done]);
    let order: AgentOrder | undefined;
    const attempt = agentAttempt();
    const executor = open([], {
      launch: async (given) => {
        order = given;
        return await leaver.launch(given);
      },
    });
    expect(output(await executor.execute(attempt))).toBe("x");
    expect(existsSync(order?.systemPromptFile ?? "")).toBe(true);
    await executor.close?.();
    expect(existsSync(order?.scratch ?? "/")).toBe(false);
    await expect(executor.execute(attempt)).rejects.toThrow("closed");
  });
});

describe("an agent that fails", () => {
  it("keeps what it had said as evidence", async () => {
    const result = await open([final("first"), text("and then"), { type: "failed", text: "The model broke." }]).execute(
      agentAttempt(),
    );
    expect(result).toEqual({
      type: "failed",
      failure: { kind: "agent", code: "assistant-error", message: "The model broke." },
      partial: { value: "first\n\n## Unfinished text after that\n\nand then" },
      usage: { inputTokens: 1, outputTokens: 2 },
    });
  });

  it("keeps streamed text without a final answer, and none where it said nothing", async () => {
    const streamed = failed(await open([text("half a sent"), { exit: 3 }]).execute(agentAttempt()));
    expect(streamed).toMatchObject({ failure: { code: "agent-exited" }, partial: { value: "half a sent" } });
    expect(failed(await open([{ exit: 3 }]).execute(agentAttempt()))).not.toHaveProperty("partial");
  });

  it("says that evidence could not be kept, and still says why it failed", async () => {
    const attempt = agentAttempt({}, { createArtifact: () => Promise.reject(new Error("full")) });
    const result = failed(await open([text("x".repeat(20_000)), { type: "failed", text: "Bad." }]).execute(attempt));
    expect(result.failure.message).toBe("Bad.");
    expect(attempt.diagnostics.map(({ code }) => code)).toContain("agent-partial-lost");
  });

  it("is ended before its failure is told", async () => {
    const attempt = agentAttempt({}, { run: `gone-${process.pid}` });
    await open(["stay", "leave a child", { type: "failed", text: "No." }]).execute(attempt);
    expect(showsProcesses ? await processesWith(`RUNFOLD_RUN=${attempt.run}`) : []).toEqual([]);
    expect(attempt.diagnostics.map(({ code }) => code)).toEqual(showsProcesses ? ["agent-left-processes"] : []);
  });

  it("fails alone where its program throws", async () => {
    const result = failed(
      await open([], { converse: () => Promise.reject(new Error("oops")) }).execute(agentAttempt()),
    );
    expect(result.failure).toEqual({
      kind: "executor",
      message: "The agent program broke its contract: scripted threw: oops",
    });
  });
});

describe("an executor of agents", () => {
  it("refuses kinds that are not set up, and names those that are", () => {
    const executor = open([], { refuses: ({ model }) => (model === "bad" ? "No such model." : undefined) });
    const step = (kind: string, model = "good"): Parameters<NonNullable<typeof executor.refuses>>[0] => ({
      id: "s",
      agent: { kind, task: "x", model },
    });
    expect(executor.refuses?.(step("scripted"), "r")).toBeUndefined();
    expect(executor.refuses?.(step("scripted", "bad"), "r")).toBe("No such model.");
    expect(executor.refuses?.(step("other"), "r")).toBe(
      "No agent of kind other is set up here; known kinds: scripted.",
    );
    expect(executor.takesMessages?.(step("scripted"))).toBe(true);
  });

  it("lets six start at once, each with its own private files, and leaves none of them", async () => {
    const orders: AgentOrder[] = [];
    const base = scriptedProgram([final("x"), done]);
    const executor = open([], {
      launch: async (order) => {
        orders.push(order);
        expect(statSync(order.scratch).mode & 0o777).toBe(0o700);
        expect(statSync(order.systemPromptFile).mode & 0o777).toBe(0o600);
        return await base.launch(order);
      },
    });
    const results = await Promise.all(Array.from({ length: 6 }, () => executor.execute(agentAttempt())));
    expect(results.map(output)).toEqual(Array.from({ length: 6 }, () => "x"));
    expect(new Set(orders.map(({ scratch }) => scratch)).size).toBe(6);
    await executor.close?.();
    for (const { scratch } of orders) expect(existsSync(scratch)).toBe(false);
  });

  it.runIf(showsProcesses)("leaves no process and no file of a hundred agents that were stopped", async () => {
    const run = `hundred-${process.pid}`;
    const executor = open(["stay", text("on")]);
    const scratches: string[] = [];
    for (let round = 0; round < 10; round++) {
      const attempts = Array.from({ length: 10 }, () => agentAttempt({}, { run, owner: { life: run, epoch: 1 } }));
      const running = attempts.map((attempt) => executor.execute(attempt));
      await Promise.all(attempts.map((attempt) => attempt.textWith("assistant-1", "on")));
      scratches.push(...readdirSync(tmpdir()).filter((name) => name.includes(run)));
      for (const attempt of attempts) attempt.stop.ask({ graceMs: 0, force: true });
      for (const result of await Promise.all(running)) expect(failed(result).failure.kind).toBe("aborted");
    }
    await eventually(async () => (await processesWith(run)).length === 0, "all of them are gone");
    expect(scratches.length).toBeGreaterThan(0);
    // A result comes before its private files are removed; closing waits for that.
    await executor.close?.();
    expect(readdirSync(tmpdir()).filter((name) => name.includes(run))).toEqual([]);
  });
});
