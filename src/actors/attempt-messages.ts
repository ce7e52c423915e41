import type { MessageEvent } from "../domain/events.ts";
import type { MessageChannel, MessageNumber } from "../domain/message.ts";
import type { MessageOutcome, Report } from "../domain/inputs.ts";
import type { StepDocument } from "../domain/graph-document.ts";
import type { Executor, Message } from "../ports/executor.ts";
import { boundedMessage, textOf } from "./error-text.ts";

type MessageReport = Extract<Report, { type: "message.report" }>;
export type SentMessage = Extract<MessageEvent, { type: "message.sent" }>;

/**
 * Hands the messages to one attempt to whoever listens, in order. Those that come before anyone listens wait; the kernel sends no
 * attempt more than its budget, so they are few. Where the executor takes none, each is denied at once.
 */
export class AttemptMessages {
  readonly #report: (report: MessageReport) => void;
  readonly #waiting: SentMessage[] = [];
  #listener: ((message: Message) => void) | undefined;
  /** Undefined until the executor is known. */
  #isTaking: boolean | undefined;

  constructor(report: (report: MessageReport) => void) {
    this.#report = report;
  }

  /** The attempt is launched, and from now on it is known whether it takes messages. */
  open(isTaking: boolean): void {
    this.#isTaking = isTaking;
    this.#flush();
  }

  listen(listener: (message: Message) => void): void {
    this.#listener = listener;
    this.#flush();
  }

  deliver(sent: SentMessage): void {
    this.#waiting.push(sent);
    this.#flush();
  }

  #flush(): void {
    if (this.#isTaking === undefined) return;
    while (this.#waiting.length > 0 && (!this.#isTaking || this.#listener !== undefined)) {
      const message = new LiveMessage(this.#waiting.shift()!, this.#report);
      if (this.#isTaking) this.#tell(message);
      else message.denied("This step takes no messages.");
    }
  }

  /** What a listener has done before it threw, nobody knows. */
  #tell(message: LiveMessage): void {
    try {
      this.#listener!(message);
    } catch (error) {
      message.unknown(`The executor failed when it was given the message: ${textOf(error)}`);
    }
  }
}

/** Answers once about each thing: taken or not known, then given or denied. A late answer counts; whatever is said twice does not. */
class LiveMessage implements Message {
  readonly number: MessageNumber;
  readonly channel: MessageChannel;
  readonly text: string;
  readonly key: string | undefined;
  readonly #sent: SentMessage;
  readonly #report: (report: MessageReport) => void;
  #isUnknown = false;
  #isAccepted = false;
  #isSettled = false;

  constructor(sent: SentMessage, report: (report: MessageReport) => void) {
    this.number = sent.message;
    this.channel = sent.channel;
    this.text = sent.text;
    this.key = sent.key;
    this.#sent = sent;
    this.#report = report;
  }

  accepted(): void {
    if (this.#isSettled || this.#isAccepted) return;
    this.#isAccepted = true;
    this.#say("accepted");
  }

  consumed(): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#say("consumed");
  }

  denied(reason: string): void {
    if (this.#isSettled) return;
    this.#isSettled = true;
    this.#say("denied", reason);
  }

  unknown(reason: string): void {
    if (this.#isSettled || this.#isUnknown) return;
    this.#isUnknown = true;
    this.#say("unknown", reason);
  }

  #say(outcome: MessageOutcome, reason?: string): void {
    const { message, step, attempt } = this.#sent;
    const said = reason === undefined ? {} : { reason: boundedMessage(reason) };
    this.#report({ type: "message.report", step, attempt, message, outcome, ...said });
  }
}

/** An executor that fails when it is asked takes none. */
export function takesMessages(executor: Executor, step: StepDocument): boolean {
  try {
    return executor.takesMessages?.(step) === true;
  } catch {
    return false;
  }
}
