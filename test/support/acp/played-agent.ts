import type { Fields } from "../../../src/domain/fields.ts";
import { acpProgram, type AcpOptions } from "../../../src/adapters/executors/acp/acp-program.ts";
import type { AgentEnding } from "../../../src/adapters/executors/agents/agent-program.ts";
import type { AcpOrder } from "./acp-order.ts";
import { FakeChild } from "./fake-child.ts";

export const sessionId = "session-1";

/** An agent that a test plays from its first prompt on; until then it answers as a good one does. */
export class PlayedAgent extends FakeChild {
  /** What it answers to requests, by method; a method that is missing gets no answer. */
  readonly answers: Record<string, object> = {
    initialize: { result: { protocolVersion: 1, agentInfo: { name: "played", version: "1" } } },
    authenticate: { result: {} },
    "session/new": { result: { sessionId } },
    "session/set_mode": { result: {} },
    "session/set_model": { result: {} },
    "session/set_config_option": { result: { configOptions: [] } },
  };

  constructor() {
    super();
    this.onSent = ({ id, method }) => {
      const answer = this.answers[String(method)];
      if (id !== undefined && answer !== undefined) queueMicrotask(() => this.write({ jsonrpc: "2.0", id, ...answer }));
    };
  }

  update(update: object, session = sessionId): void {
    this.write({ jsonrpc: "2.0", method: "session/update", params: { sessionId: session, update } });
  }

  says(text: string, messageId?: string): void {
    this.update({ sessionUpdate: "agent_message_chunk", messageId, content: { type: "text", text } });
  }

  asksPermission(id: number | string, toolCall: object, options: readonly object[] = allOptions): void {
    const params = { sessionId, toolCall, options };
    this.write({ jsonrpc: "2.0", id, method: "session/request_permission", params });
  }

  /** Answers the newest prompt. */
  ends(stopReason: string, rest: object = {}): void {
    this.answersPrompt({ result: { stopReason, ...rest } });
  }

  answersPrompt(answer: object): void {
    this.write({ jsonrpc: "2.0", id: this.lastSent("session/prompt")?.["id"], ...answer });
  }

  /** What it was answered, by the id of its request. */
  answerTo(id: number | string): Fields | undefined {
    return this.sent.find((record) => record["id"] === id && !("method" in record));
  }
}

/** Ids that say nothing, or the wrong thing, of what they stand for. */
export const allOptions = [
  { optionId: "a", kind: "allow_always", name: "Always" },
  { optionId: "reject_once", kind: "allow_once", name: "Once" },
  { optionId: "allow_once", kind: "reject_once", name: "No" },
  { optionId: "d", kind: "reject_always", name: "Never" },
];

export interface Talk {
  readonly child: PlayedAgent;
  readonly ending: Promise<AgentEnding>;
  /** How it ended so far. */
  ended(): Promise<AgentEnding | "talking">;
  /** Lets everything that is under way settle. */
  settle(): Promise<void>;
}

/** Begins a conversation, and goes on until the first prompt has been sent, or until nothing more happens. */
export async function talk(order: AcpOrder, options: AcpOptions = {}, child = new PlayedAgent()): Promise<Talk> {
  const ending = acpProgram(options).converse(child, order);
  const settle = (): Promise<void> => order.clock.advanceBy(0);
  await settle();
  const ended = async (): Promise<AgentEnding | "talking"> => {
    await settle();
    return Promise.race([ending, Promise.resolve("talking" as const)]);
  };
  return { child, ending, ended, settle };
}
