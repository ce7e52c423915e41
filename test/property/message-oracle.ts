import type { Input } from "../../src/domain/inputs.ts";

type Send = Extract<Input, { type: "message.send" }>;
type Report = Extract<Input, { type: "message.report" }>;

interface OracleMessage {
  readonly step: string;
  readonly key: string | undefined;
  readonly said: string;
  readonly chars: number;
  wasSent: boolean;
  attempt: number;
  status: string;
}

/** The rules of messages, once more and naively: every question looks through all messages there are. */
export class MessageOracle {
  readonly messages: OracleMessage[] = [];
  /** By step and attempt: which messages were sent to it. */
  readonly #sentTo = new Map<string, Set<OracleMessage>>();

  /** Whether it is taken; `isLive` says whether the step is running, and nobody has told it to stop. */
  send({ step, channel, text, key }: Send, attempt: number, isLive: boolean): boolean {
    const said = JSON.stringify([channel, text]);
    const owner = this.messages.find((one) => key !== undefined && one.wasSent && one.step === step && one.key === key);
    if (owner?.said === said || this.messages.length >= 10_000) return false;
    const before = [...(this.#sentTo.get(`${step}#${attempt}`) ?? [])];
    const chars = before.reduce((sum, one) => sum + one.chars, text.length);
    const isInBudget = text !== "" && text.length <= 50_000 && before.length < 16 && chars <= 65_536;
    const wasSent = owner === undefined && isLive && isInBudget;
    const status = wasSent ? "sent" : "denied";
    const message = { step, key, said, chars: text.length, wasSent, attempt, status };
    this.messages.push(message);
    if (wasSent) this.#count(message);
    return true;
  }

  /** Whether a report about an attempt that is under way is taken. */
  report({ step, attempt, message, outcome }: Report): boolean {
    const found = this.messages[message - 1];
    if (found === undefined || found.step !== step || found.attempt !== attempt) return false;
    if (found.status === "consumed" || found.status === "denied") return false;
    if (found.status === outcome) return false;
    found.status = outcome;
    return true;
  }

  /** An attempt is over: what it was not given it never will be, or nobody knows. */
  close(step: string, status: "denied" | "unknown"): void {
    for (const message of this.#open(step)) message.status = status;
  }

  /** An attempt begins, or goes on after its process was lost. */
  begin(step: string, attempt: number): void {
    for (const message of this.#open(step)) {
      message.status = "sent";
      message.attempt = attempt;
      this.#count(message);
    }
  }

  #open(step: string): OracleMessage[] {
    return this.messages.filter((one) => one.step === step && (one.status === "sent" || one.status === "accepted"));
  }

  #count(message: OracleMessage): void {
    const name = `${message.step}#${message.attempt}`;
    const sent = this.#sentTo.get(name);
    if (sent === undefined) this.#sentTo.set(name, new Set([message]));
    else sent.add(message);
  }
}
