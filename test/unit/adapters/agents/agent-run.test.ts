import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openRuntime, parseGraph, type Outcome } from "runfold";
import { systemClock } from "../../../../src/adapters/clocks/system-clock.ts";
import { agentExecutor, type AgentExecutorOptions } from "../../../../src/adapters/executors/agents/agent-executor.ts";
import type { AgentOrder, AgentProgram } from "../../../../src/adapters/executors/agents/agent-program.ts";
import { placeWith, putFile } from "../../../support/scratch-places.ts";
import { done, final, scriptedProgram, type AgentAction } from "../../../support/scripted-program.ts";

type Step = Readonly<Record<string, unknown>> & { readonly id: string };

/** A program that does for each step what is written for it, and something else right before that step is launched. */
function byStep(
  actions: Readonly<Record<string, readonly AgentAction[]>>,
  before: (step: string) => void,
): AgentProgram {
  const programOf = (order: AgentOrder): AgentProgram => scriptedProgram(actions[order.attempt.step.id] ?? []);
  return {
    ...scriptedProgram([]),
    async launch(order) {
      before(order.attempt.step.id);
      return await programOf(order).launch(order);
    },
  };
}

async function run(
  steps: readonly Step[],
  actions: Readonly<Record<string, readonly AgentAction[]>>,
  rest: Partial<AgentExecutorOptions> & { root?: string; before?: (step: string) => void } = {},
): Promise<Outcome> {
  const { root = placeWith(), before = () => undefined, ...options } = rest;
  const authority = { allowFilesystemRead: true, allowShellTools: true, allowExtensionCode: true };
  const parsed = parseGraph({ name: "team", objective: "Be tested.", steps, authority });
  if (!("graph" in parsed)) throw new Error(JSON.stringify(parsed));
  const executor = agentExecutor({ programs: [byStep(actions, before)], clock: systemClock(), ...options });
  await using runtime = await openRuntime({ root, executors: [executor] });
  return await (await runtime.start(parsed.graph)).outcome();
}

const agent = (more: object = {}): object => ({ kind: "scripted", task: "Do it.", system: "You help.", ...more });
const statuses = ({ run: ended }: Outcome): unknown =>
  Object.fromEntries(Array.from(ended.steps, ({ id, status }) => [id, status]));

describe("agents in a run", () => {
  it("are handed what the agents before them gave, and why others failed", async () => {
    const outcome = await run(
      [
        { id: "scout", agent: { kind: "scripted", task: "Look.", ref: "package:scout" } },
        { id: "bad", agent: agent() },
        { id: "judge", agent: agent(), needs: ["scout"], after: ["bad"] },
      ],
      { scout: ["prompt", done], bad: [{ type: "failed", text: "The model broke." }], judge: ["task", done] },
    );
    expect(statuses(outcome)).toEqual({ scout: "succeeded", bad: "failed", judge: "succeeded" });
    expect(outcome.output("scout")).toContain("Agent: package:scout (an agent definition)");
    const told = outcome.output("judge");
    expect(told).toContain("## Step scout: succeeded");
    expect(told).toContain("You explore.");
    expect(told).toContain("agent (assistant-error): The model broke.");
  });

  it("are not started where their launch is denied, and block at once what needs them", async () => {
    const root = placeWith({ "work/file": "" });
    const outcome = await run(
      [
        { id: "first", agent: agent() },
        { id: "shell", agent: agent({ tools: ["bash"] }), cwd: "work", needs: ["first"] },
        { id: "next", agent: agent(), needs: ["shell"] },
        { id: "other", agent: agent(), after: ["shell"] },
      ],
      { first: [final("x"), done], shell: [final("x"), done], next: [final("x"), done], other: [final("x"), done] },
      { root, before: (step) => step === "first" && putFile(root, ".pi/settings.json", "{}") },
    );
    expect(statuses(outcome)).toEqual({ first: "succeeded", shell: "failed", next: "blocked", other: "succeeded" });
    expect(JSON.stringify(outcome)).toContain("bash-project-settings-denied");
  });

  it("are held to the extensions that there were when their run started", async () => {
    const path = putFile(placeWith(), "ext.js", "1");
    const outcome = await run(
      [
        { id: "first", agent: agent() },
        { id: "second", agent: agent({ extensionTools: ["web"] }), needs: ["first"] },
      ],
      { first: [final("x"), done], second: [final("x"), done] },
      { extensions: new Map([["web", path]]), before: (step) => step === "first" && writeFileSync(path, "2") },
    );
    expect(statuses(outcome)).toEqual({ first: "succeeded", second: "failed" });
    expect(JSON.stringify(outcome)).toContain("agent-source-changed");
  });

  it("keep a run from starting where anything is wrong with them, with the places in the graph", async () => {
    const root = placeWith();
    mkdirSync(join(root, ".runfold"));
    symlinkSync("/nowhere", join(root, ".runfold", "agents"));
    const steps = [
      { id: "one", agent: agent({ tools: ["read", "edit"] }) },
      { id: "two", agent: { kind: "scripted", task: "x", ref: "package:nobody" } },
    ];
    await expect(run(steps, {}, { root })).rejects.toMatchObject({
      code: "graph.invalid",
      details: {
        diagnostics: [
          { code: "library-agent-unknown", pointer: "/steps/1/agent/ref" },
          { code: "mutation-authority-required", pointer: "/steps/0/agent/tools/1" },
        ],
      },
    });
  });
});
