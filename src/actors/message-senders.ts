import type { MessageEvent } from "../domain/events.ts";
import type { MessageNumber } from "../domain/message.ts";

/**
 * Senders that wait for what becomes of their message, by its number: an event looks up those of its own message alone. Many may wait for
 * one, because a key that is sent again is the same message.
 */
export class MessageSenders {
  readonly #waiting = new Map<MessageNumber, Set<() => void>>();

  get isEmpty(): boolean {
    return this.#waiting.size === 0;
  }

  /** Calls back with the next event of a message but that it was sent, once. Returns how to stop waiting. */
  add(message: MessageNumber, answered: () => void): () => void {
    const senders = this.#waiting.get(message) ?? new Set();
    // A function of its own, so that the same one may wait twice.
    const sender = (): void => answered();
    this.#waiting.set(message, senders.add(sender));
    return () => {
      senders.delete(sender);
      if (senders.size === 0 && this.#waiting.get(message) === senders) this.#waiting.delete(message);
    };
  }

  /** Those whom an event answers; they wait no longer. */
  take({ type, message }: MessageEvent): Iterable<() => void> {
    if (type === "message.sent") return [];
    const senders = this.#waiting.get(message);
    if (senders === undefined) return [];
    this.#waiting.delete(message);
    return senders;
  }
}

/** Every event that says something of a message. */
export function isOfMessage(event: { readonly type: string }): event is MessageEvent {
  return event.type.startsWith("message.");
}
