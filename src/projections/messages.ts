import type { Event, MessageEvent } from "../domain/events.ts";
import type { StepId } from "../domain/ids.ts";
import type { MessageChannel, MessageNumber, MessageReceipt, MessageStatus } from "../domain/message.ts";
import { fingerprint, keyName } from "../machines/message-state.ts";

/** What became of one message so far; JSON, so that a checkpoint can keep it. */
export interface MessageEntry {
  readonly message: MessageNumber;
  readonly step: StepId;
  readonly channel: MessageChannel;
  readonly key?: string;
  readonly status: MessageStatus;
  readonly reason?: string;
}

export interface SavedMessageBook {
  readonly entries: readonly MessageEntry[];
  readonly keys: readonly (readonly [string, MessageNumber, string])[];
}

/**
 * Every message of a run, and what became of it. Their texts are in the journal alone. Bounded by `limits.messagesPerRunMax`.
 */
export class MessageBook {
  readonly #entries = new Map<MessageNumber, MessageEntry>();
  /** Which message was sent with a key, and the fingerprint of what it said. */
  readonly #keys = new Map<string, { readonly message: MessageNumber; readonly print: string }>();

  apply(event: Event): void {
    switch (event.type) {
      case "message.sent": {
        const { message, step, channel, text, key } = event;
        this.#entries.set(message, { message, step, channel, ...(key === undefined ? {} : { key }), status: "sent" });
        if (key !== undefined) this.#keys.set(keyName(step, key), { message, print: fingerprint(channel, text) });
        return;
      }
      case "message.accepted":
        this.#settle(event, "accepted");
        return;
      case "message.consumed":
        this.#settle(event, "consumed");
        return;
      case "message.denied": {
        const { message, step, channel, reason, key } = event;
        const name = key === undefined ? {} : { key };
        this.#entries.set(message, { message, step, channel, ...name, status: "denied", reason });
        return;
      }
      case "message.unknown":
        this.#settle(event, "unknown", event.reason);
        return;
      default:
        return;
    }
  }

  /** The number of the newest message; 0 before the first. Every number up to it is there. */
  get last(): MessageNumber {
    return this.#entries.size;
  }

  get(message: MessageNumber): MessageEntry | undefined {
    return this.#entries.get(message);
  }

  /** The message that was sent with a key, and whether it said just that. */
  find(
    step: StepId,
    key: string,
    channel: MessageChannel,
    text: string,
  ): { entry: MessageEntry; isSame: boolean } | undefined {
    const found = this.#keys.get(keyName(step, key));
    const entry = found === undefined ? undefined : this.#entries.get(found.message);
    if (found === undefined || entry === undefined) return undefined;
    return { entry, isSame: found.print === fingerprint(channel, text) };
  }

  /** In the order of their numbers; linear in the messages of the run. */
  list(step?: StepId): readonly MessageEntry[] {
    const entries = [...this.#entries.values()];
    return step === undefined ? entries : entries.filter((entry) => entry.step === step);
  }

  save(): SavedMessageBook {
    const keys = Array.from(this.#keys, ([name, { message, print }]) => [name, message, print] as const);
    return { entries: [...this.#entries.values()], keys };
  }

  static restore({ entries, keys }: SavedMessageBook): MessageBook {
    const book = new MessageBook();
    for (const entry of entries) book.#entries.set(entry.message, entry);
    for (const [name, message, print] of keys) book.#keys.set(name, { message, print });
    return book;
  }

  #settle({ message }: MessageEvent, status: MessageStatus, reason?: string): void {
    const entry = this.#entries.get(message);
    if (entry === undefined) return;
    const { reason: _, ...before } = entry;
    this.#entries.set(message, { ...before, status, ...(reason === undefined ? {} : { reason }) });
  }
}

/** What its sender is told. */
export function receiptOf(entry: MessageEntry, isReused: boolean): MessageReceipt {
  const { message, step, channel, key, status, reason } = entry;
  return { step, channel, key, message, status, reason, isReused };
}
