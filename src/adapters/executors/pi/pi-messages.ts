import type { Fields } from "../../../domain/fields.ts";
import { limits } from "../../../domain/limits.ts";
import type { Attempt, Message } from "../../../ports/executor.ts";
import { messageEnvelope } from "../agents/message-envelope.ts";
import type { PiAnswer, PiCommands } from "./pi-commands.ts";
import { contentText, fieldsOf, listOf } from "./pi-records.ts";

/** A message on its way into the agent. */
export interface PiMessage {
  readonly message: Message;
  /** In its envelope. */
  readonly text: string;
  isAccepted: boolean;
  isConsumed: boolean;
  /** Whether pi was seen to hold it in its queue. */
  wasQueued: boolean;
  /** Whether it was already given to the agent as a prompt of its own. */
  wasPrompted: boolean;
}

/** Takes the messages of the attempt to pi, and hears what becomes of each. */
export class PiMessages {
  private readonly attempt: Attempt;
  private readonly commands: PiCommands;
  private readonly sent: PiMessage[] = [];
  private readonly onTheWay = new Set<Promise<void>>();
  private waiting: Message[] = [];
  private isOpen = false;
  /** Whether the queue is emptied on request: what leaves it then was given to nobody. */
  private isClearing = false;
  private closedBecause: string | undefined;

  constructor(attempt: Attempt, commands: PiCommands) {
    this.attempt = attempt;
    this.commands = commands;
  }

  listen(): void {
    this.attempt.onMessage((message) => {
      if (this.closedBecause !== undefined) message.denied(this.closedBecause);
      else if (this.isOpen) this.dispatch(message);
      else this.waiting.push(message);
    });
  }

  /** The prompt was accepted: what came until now is sent, and what comes is sent at once. */
  open(): void {
    if (this.isOpen || this.closedBecause !== undefined) return;
    this.isOpen = true;
    const waiting = this.waiting;
    this.waiting = [];
    for (const message of waiting) this.dispatch(message);
  }

  /** No message is taken any more. */
  close(reason: string): void {
    this.closedBecause ??= reason;
    for (const message of this.waiting) message.denied(this.closedBecause);
    this.waiting = [];
  }

  /** pi is about to be asked to empty its queue. What it still gives to the agent, it says as the message that it gives. */
  clearing(): void {
    this.isClearing = true;
  }

  /** Nothing more is heard, though pi may have said more: whether the agent was given what pi took, nobody can tell. */
  lose(reason: string): void {
    for (const { isAccepted, isConsumed, message } of this.sent) if (isAccepted && !isConsumed) message.unknown(reason);
  }

  /** Resolves when pi has said of every message whether it took it, or its time to do so has passed. */
  async answered(): Promise<void> {
    while (this.onTheWay.size > 0) await Promise.all(this.onTheWay);
  }

  /** What pi took and the agent was not given, as far as is known. */
  get unread(): readonly PiMessage[] {
    return this.sent.filter((entry) => entry.isAccepted && !entry.isConsumed && !entry.wasPrompted);
  }

  hear(record: Fields): void {
    if (record["type"] === "queue_update") this.hearQueue(record);
    else if (record["type"] === "message_start") this.hearMessage(fieldsOf(record, "message"));
  }

  /** Says it of messages that pi was not seen to queue, and of those that were given to it as a prompt. */
  private hearMessage(message: Fields): void {
    if (message["role"] !== "user") return;
    const text = contentText(message);
    for (const entry of this.sent) {
      if (entry.isConsumed || (entry.wasQueued && !entry.wasPrompted && !this.isClearing)) continue;
      if (text === entry.text) {
        consume(entry);
        return;
      }
      if (entry.wasPrompted && text.includes(entry.text)) consume(entry);
    }
  }

  /** The queue is told as a whole each time: what was in it and is not any more was given to the agent, the oldest first. */
  private hearQueue(record: Fields): void {
    if (this.isClearing) return;
    const queued = new Map<unknown, number>();
    for (const text of [...listOf(record, "steering"), ...listOf(record, "followUp")]) {
      queued.set(text, (queued.get(text) ?? 0) + 1);
    }
    for (const entry of this.sent.toReversed()) {
      if (entry.isConsumed || entry.wasPrompted) continue;
      const copies = queued.get(entry.text) ?? 0;
      queued.set(entry.text, copies - 1);
      if (copies > 0) entry.wasQueued = true;
      else if (entry.wasQueued) consume(entry);
    }
  }

  private dispatch(message: Message): void {
    const entry: PiMessage = {
      message,
      text: messageEnvelope(message.channel, message.text),
      isAccepted: false,
      isConsumed: false,
      wasQueued: false,
      wasPrompted: false,
    };
    this.sent.push(entry);
    const sending = this.send(entry).finally(() => this.onTheWay.delete(sending));
    this.onTheWay.add(sending);
  }

  private async send(entry: PiMessage): Promise<void> {
    const command = { type: entry.message.channel, message: entry.text };
    await this.commands.ask(command, { windowMs: limits.agentAckMs, heard: (answer) => settle(entry, answer) });
  }
}

function settle(entry: PiMessage, answer: PiAnswer): void {
  switch (answer.type) {
    case "done":
      entry.isAccepted = true;
      entry.message.accepted();
      // An extension took it for itself: the agent never sees it, and nobody else will.
      if (answer.data["disposition"] === "handled") consume(entry);
      return;
    case "refused":
      entry.message.denied(`pi refused the message: ${answer.error}`);
      return;
    case "unsent":
      entry.message.denied("The message could not be written: pi is gone, or reads nothing any more.");
      return;
    case "unanswered":
      entry.message.unknown(`pi did not say within ${limits.agentAckMs} ms whether it took the message.`);
      return;
    case "cutOff":
      entry.message.unknown("The step ended before pi said whether it took the message.");
      return;
  }
}

function consume(entry: PiMessage): void {
  entry.isConsumed = true;
  entry.message.consumed();
}
