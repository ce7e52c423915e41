import { fileURLToPath } from "node:url";
import { afterEach } from "vitest";
import { systemClock } from "../../src/adapters/clocks/system-clock.ts";
import { agentExecutor, type AgentExecutorOptions } from "../../src/adapters/executors/agents/agent-executor.ts";
import type { AgentEnding, AgentOrder, AgentProgram } from "../../src/adapters/executors/agents/agent-program.ts";
import type { RecordChild } from "../../src/adapters/executors/processes/agent-child.ts";
import type { AgentDocument, GraphAuthority } from "../../src/domain/agent.ts";
import type { Failure } from "../../src/domain/failure.ts";
import type { Attempt, Executor } from "../../src/ports/executor.ts";
import { fakeAttempt, type FakeAttempt } from "./fake-attempt.ts";

/** What the scripted agent does, in this order; a record is said as it is. */
export type AgentAction =
  | "task"
  | "prompt"
  | "environment"
  | "wait for abort"
  | "stay"
  | "ignore SIGTERM"
  | "leave a child"
  | { readonly exit: number }
  | { readonly stderr: string }
  | { readonly type: "text" | "final" | "failed"; readonly text: string }
  | { readonly type: "done" };

export const final = (text: string): AgentAction => ({ type: "final", text });
export const text = (said: string): AgentAction => ({ type: "text", text: said });
export const done: AgentAction = { type: "done" };

const script = fileURLToPath(new URL("scripted-agent.mjs", import.meta.url));

/** An agent program whose agents are real processes that do as they are told. */
export function scriptedProgram(actions: readonly AgentAction[], rest: Partial<AgentProgram> = {}): AgentProgram {
  return {
    kind: "scripted",
    launch: async () => ({ argv: [process.execPath, script, JSON.stringify(actions)], environment: {} }),
    converse,
    ...rest,
  };
}

async function converse(child: RecordChild, { attempt, task, systemPromptFile }: AgentOrder): Promise<AgentEnding> {
  const finals: string[] = [];
  let lastText = "";
  const usage = { inputTokens: 1, outputTokens: 2 };
  return await new Promise((resolve) => {
    const fail = (failure: Failure): void => resolve({ type: "failed", failure, finals, lastText, usage });
    child.onRecord(({ type, text: said }) => {
      if (type === "done") resolve({ type: "succeeded", finals, usage });
      if (typeof said !== "string") return;
      if (type === "final") finals.push(said);
      if (type === "failed") fail({ kind: "agent", code: "assistant-error", message: said });
      if (type === "text") {
        lastText += said;
        attempt.text("assistant-1", said);
      }
    });
    void child.send({ type: "task", task, systemPromptFile });
    attempt.stop.onRequest(() => void child.send({ type: "abort" }));
    void child.closed.then(() => fail({ kind: "agent", code: "agent-exited", message: "It broke off." }));
  });
}

/** Executors with one scripted program, closed when their test ends. */
export function agentExecutors(): (
  actions: readonly AgentAction[],
  program?: Partial<AgentProgram>,
  options?: Partial<AgentExecutorOptions>,
) => Executor {
  const open: Executor[] = [];
  afterEach(async () => {
    for (const executor of open.splice(0)) await executor.close?.();
  });
  return (actions, program = {}, options = {}) => {
    const programs = [scriptedProgram(actions, program)];
    const executor = agentExecutor({ programs, clock: systemClock(), ...options });
    open.push(executor);
    return executor;
  };
}

/** An attempt of a scripted agent that may do anything. */
export function agentAttempt(agent: Partial<AgentDocument> = {}, rest: Partial<Attempt> = {}): FakeAttempt {
  const authority: GraphAuthority = {
    allowFilesystemRead: true,
    allowShellTools: true,
    allowMutationTools: true,
    allowExtensionCode: true,
  };
  const graph = { name: "graph", objective: "Be tested.", steps: [], authority };
  const document: AgentDocument = {
    kind: "scripted",
    task: "Do it.",
    ...(agent.ref === undefined ? { system: "You help." } : {}),
    ...agent,
  };
  return fakeAttempt({ id: "step", agent: document }, { graph, ...rest });
}

/** What an attempt wrote as its artifact of a label; undefined where there is none. */
export async function artifactText({ store, run }: FakeAttempt, label: string): Promise<string | undefined> {
  const artifact = (await store.list(run)).find(({ name }) => name === `step-1-${label}`);
  if (artifact === undefined) return undefined;
  const chunks: Uint8Array[] = [];
  for await (const chunk of store.read(run, artifact)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
