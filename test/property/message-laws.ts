import type { Event, MessageEvent } from "../../src/domain/events.ts";

interface Known {
  readonly step: string;
  readonly key: string | undefined;
  readonly said: string;
  attempt: number;
  status: string;
}

/** What may follow what. A message that is sent again was open when its attempt was lost. */
const follows: Readonly<Record<string, readonly string[]>> = {
  sent: ["sent", "accepted", "consumed", "denied", "unknown"],
  accepted: ["sent", "consumed", "denied", "unknown"],
  unknown: ["accepted", "consumed", "denied"],
  consumed: [],
  denied: [],
};

/** The laws of messages, as a journal shows them. */
export class MessageLaws {
  readonly #break: (law: string) => void;
  readonly #known = new Map<number, Known>();
  readonly #keys = new Map<string, string>();
  readonly #interrupted = new Set<string>();

  constructor(breaks: (law: string) => void) {
    this.#break = breaks;
  }

  see(event: Event): void {
    if (event.type === "step.interrupted") this.#interrupted.add(event.step);
    if (isOfMessage(event)) this.#seeMessage(event);
    const isEnd =
      event.type === "step.succeeded" ||
      event.type === "step.failed" ||
      event.type === "step.timedOut" ||
      event.type === "step.canceled" ||
      event.type === "step.blocked" ||
      event.type === "step.retryScheduled";
    if (isEnd) {
      this.#interrupted.delete(event.step);
      for (const [number, { step, status }] of this.#known) {
        const isDropped = step === event.step && (status === "sent" || status === "accepted");
        if (isDropped) this.#break(`message ${number} was still ${status} at the ${event.type} of ${step}`);
      }
    }
    if (event.type === "run.settled") {
      for (const [number, { status }] of this.#known) {
        if (status === "sent" || status === "accepted")
          this.#break(`message ${number} is ${status} at the end of the run`);
      }
    }
  }

  #seeMessage(event: MessageEvent): void {
    const { message, step, attempt } = event;
    const status = event.type.slice("message.".length);
    const known = this.#known.get(message);
    if (known === undefined) {
      this.#first(event, status);
      return;
    }
    if (known.step !== step) this.#break(`message ${message} went from ${known.step} to ${step}`);
    if (!follows[known.status]!.includes(status)) this.#break(`message ${message} was ${known.status}, then ${status}`);
    if (status === "sent") {
      if (!this.#interrupted.has(step)) this.#break(`message ${message} was sent again, and nothing was interrupted`);
      if (event.type === "message.sent" && known.said !== saidBy(event))
        this.#break(`message ${message} says something else`);
      known.attempt = attempt;
    } else if (known.attempt !== attempt) this.#break(`${event.type} of ${message} names attempt ${attempt}`);
    known.status = status;
  }

  #first(event: MessageEvent, status: string): void {
    const { message, step, attempt } = event;
    if (message !== this.#known.size + 1) this.#break(`message ${message} comes after message ${this.#known.size}`);
    if (event.type !== "message.sent" && event.type !== "message.denied") {
      this.#break(`message ${message} begins with ${event.type}`);
      return;
    }
    const said = event.type === "message.sent" ? saidBy(event) : "";
    this.#known.set(message, { step, key: event.key, said, attempt, status });
    if (event.type !== "message.sent" || event.key === undefined) return;
    const name = JSON.stringify([step, event.key]);
    if (this.#keys.has(name)) this.#break(`key ${event.key} of ${step} was sent twice`);
    this.#keys.set(name, said);
  }
}

function saidBy({ channel, text }: Extract<MessageEvent, { type: "message.sent" }>): string {
  return JSON.stringify([channel, text]);
}

function isOfMessage(event: Event): event is MessageEvent {
  return event.type.startsWith("message.");
}
