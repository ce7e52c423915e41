import type { AgentEnding } from "../../src/adapters/executors/agents/agent-program.ts";
import type { ConversationOptions } from "../../src/adapters/executors/pi/pi-conversation.ts";
import { converseWithPi } from "../../src/adapters/executors/pi/pi-conversation.ts";
import type { Fields } from "../../src/domain/fields.ts";
import type { MessageChannel } from "../../src/domain/message.ts";
import { FakeRecordChild } from "./fake-record-child.ts";
import type { FakeMessage, PiOrder, PiOrderParts } from "./pi-order.ts";
import { fakeMessage, piOrder, turn } from "./pi-order.ts";

/** The fields of an answer, or nothing: then the test answers, or nobody. */
type Answer = (command: Fields) => Fields | undefined;

const success = (): Fields => ({ success: true });

/** A conversation with a pi that a test plays. It answers what it is asked as an idle pi would, unless a test says otherwise. */
export class PiTalk {
  readonly child = new FakeRecordChild();
  readonly order: PiOrder;
  readonly messages: FakeMessage[] = [];
  /** What `get_state` says. */
  state: Fields = { model: { id: "fake-1", provider: "fake" }, isStreaming: false, isCompacting: false };
  readonly answers: Record<string, Answer>;
  ending: AgentEnding | undefined;

  constructor(
    parts: PiOrderParts = {},
    options: Partial<ConversationOptions> = {},
    answers: Record<string, Answer> = {},
  ) {
    this.order = piOrder(parts);
    this.answers = {
      get_state: () => ({ success: true, data: this.state }),
      prompt: success,
      steer: success,
      follow_up: success,
      ...answers,
    };
    this.child.onSend = (command) => {
      const answer = this.answers[String(command["type"])]?.(command);
      if (answer !== undefined) this.answer(command, answer);
    };
    void converseWithPi(this.child, this.order, { dialogs: () => undefined, model: undefined, ...options }).then(
      (ending) => (this.ending = ending),
    );
  }

  /** One that has taken the prompt and begun its run. */
  static async running(...parts: ConstructorParameters<typeof PiTalk>): Promise<PiTalk> {
    const talk = new PiTalk(...parts);
    await turn();
    await talk.say(start, user(talk.order.task));
    return talk;
  }

  answer(command: Fields, fields: Fields): void {
    this.child.say({ id: command["id"], type: "response", command: command["type"], ...fields });
  }

  /** Says records, one after the other in one chunk, and lets the parent react. */
  async say(...records: readonly (Fields | readonly Fields[])[]): Promise<void> {
    this.child.say(...records.flat());
    await turn();
  }

  message(channel: MessageChannel, text: string): FakeMessage {
    const message = fakeMessage(channel, text, this.messages.length + 1);
    this.messages.push(message);
    this.order.attempt.listener?.(message);
    return message;
  }

  /** The newest command of a type. */
  last(type: string): Fields {
    const command = this.child.sentOf(type).at(-1);
    if (command === undefined) throw new Error(`${type} was never sent`);
    return command;
  }

  failure(): Extract<AgentEnding, { type: "failed" }>["failure"] | undefined {
    return this.ending?.type === "failed" ? this.ending.failure : undefined;
  }
}

export const start: Fields = { type: "agent_start" };
export const settled: Fields = { type: "agent_settled" };

export function end(fields: Fields = {}): Fields {
  return { type: "agent_end", messages: [], ...fields };
}

export function user(text: string): readonly Fields[] {
  const message = { role: "user", content: [{ type: "text", text }] };
  return [
    { type: "message_start", message },
    { type: "message_end", message },
  ];
}

export function toolResult(text: string): readonly Fields[] {
  const message = { role: "toolResult", content: [{ type: "text", text }] };
  return [
    { type: "message_start", message },
    { type: "message_end", message },
  ];
}

export function delta(text: string, contentIndex = 0): Fields {
  return { type: "message_update", assistantMessageEvent: { type: "text_delta", contentIndex, delta: text } };
}

/** An assistant message that is streamed in one piece. */
export function says(text: string, stopReason: string | undefined = "stop", fields: Fields = {}): readonly Fields[] {
  const message = { role: "assistant", content: text === "" ? [] : [{ type: "text", text }], ...fields };
  return [
    { type: "message_start", message: { ...message, content: [] } },
    ...(text === "" ? [] : [delta(text)]),
    { type: "message_end", message: stopReason === undefined ? message : { ...message, stopReason } },
  ];
}

export function queue(steering: readonly string[], followUp: readonly string[]): Fields {
  return { type: "queue_update", steering, followUp };
}
