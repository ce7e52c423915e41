import type { AgentOrder, AgentProfile } from "../../src/adapters/executors/agents/agent-program.ts";
import type { VirtualClock } from "../../src/adapters/clocks/virtual-clock.ts";
import { virtualClock } from "../../src/adapters/clocks/virtual-clock.ts";
import type { MessageChannel } from "../../src/domain/message.ts";
import type { Attempt, Message } from "../../src/ports/executor.ts";
import type { FakeAttempt } from "./fake-attempt.ts";
import { fakeAttempt } from "./fake-attempt.ts";

export interface PiOrder extends AgentOrder {
  readonly attempt: FakeAttempt;
  readonly clock: VirtualClock;
}

export interface PiOrderParts {
  readonly task?: string;
  readonly profile?: Partial<AgentProfile>;
  readonly cwd?: string;
  readonly scratch?: string;
  readonly attempt?: Partial<Attempt>;
}

/** What a program of an agent step is given, with everything that a test leaves open. */
export function piOrder({ task = "Do it.", profile, cwd = "/", scratch = "/", attempt }: PiOrderParts = {}): PiOrder {
  const agent = { kind: "pi", task };
  return {
    attempt: fakeAttempt({ task, agent }, attempt),
    clock: virtualClock(),
    agent,
    profile: {
      ref: "inline:step",
      system: "You are tested.",
      tools: ["read", "grep", "find", "ls"],
      extensionTools: [],
      skills: [],
      model: undefined,
      thinking: undefined,
      mutationScope: undefined,
      ...profile,
    },
    cwd,
    task,
    systemPrompt: "You are tested.",
    systemPromptFile: "/prompt.md",
    scratch,
  };
}

export interface FakeMessage extends Message {
  /** What was said of it, in order. */
  readonly said: string[];
}

export function fakeMessage(channel: MessageChannel, text: string, number = 1): FakeMessage {
  const said: string[] = [];
  return {
    number,
    channel,
    text,
    key: undefined,
    said,
    accepted: () => void said.push("accepted"),
    consumed: () => void said.push("consumed"),
    denied: (reason) => void said.push(`denied: ${reason}`),
    unknown: (reason) => void said.push(`unknown: ${reason}`),
  };
}

/** All microtasks, and one turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
