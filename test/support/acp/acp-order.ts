import type { AgentOrder, AgentProfile } from "../../../src/adapters/executors/agents/agent-program.ts";
import type { AgentDocument } from "../../../src/domain/agent.ts";
import type { Message } from "../../../src/ports/executor.ts";
import { virtualClock, type VirtualClock } from "../../../src/adapters/clocks/virtual-clock.ts";
import { fakeAttempt, type FakeAttempt } from "../fake-attempt.ts";

export interface AcpOrder extends AgentOrder {
  readonly attempt: FakeAttempt;
  readonly clock: VirtualClock;
}

export const readOnlyProfile: AgentProfile = {
  ref: "inline:step",
  system: "",
  tools: ["read", "grep", "find", "ls"],
  extensionTools: [],
  skills: [],
  model: undefined,
  thinking: undefined,
  mutationScope: undefined,
};

/** An order for one attempt, whose clock stands still. */
export function acpOrder(rest: Partial<Omit<AgentOrder, "attempt" | "clock">> = {}): AcpOrder {
  const agent: AgentDocument = { kind: "acp", task: "Say hello.", command: ["agent"] };
  return {
    attempt: fakeAttempt({ agent }),
    clock: virtualClock(),
    agent,
    profile: readOnlyProfile,
    cwd: "/workspace",
    task: "Say hello.",
    systemPrompt: "",
    systemPromptFile: "/nowhere/system.md",
    scratch: "/nowhere",
    ...rest,
  };
}

export interface SentMessage extends Message {
  /** What was said of it, in order. */
  readonly said: string[];
}

let messageCount = 0;

/** A message that remembers its answers. */
export function sentMessage(text: string, channel: Message["channel"] = "follow_up"): SentMessage {
  const said: string[] = [];
  return {
    number: ++messageCount,
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
