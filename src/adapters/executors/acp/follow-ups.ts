import type { Message } from "../../../ports/executor.ts";

const noSteering =
  "Version 1 of the Agent Client Protocol cannot steer an agent in the middle of a turn; send it as a follow_up.";

/**
 * Messages for an agent that takes one prompt at a time. Each waits until it can be sent as a prompt of its own, and nobody says
 * that it was accepted before the agent has taken it up; so whatever ends the conversation first, no message is promised and dropped.
 */
export class FollowUps {
  readonly #waiting: Message[] = [];
  #inFlight: Message | undefined;
  #closedBecause: string | undefined;

  take(message: Message): void {
    if (message.channel === "steer") message.denied(noSteering);
    else if (this.#closedBecause !== undefined) message.denied(this.#closedBecause);
    else this.#waiting.push(message);
  }

  /** The next message to send, if there is one. */
  next(): Message | undefined {
    this.#inFlight = this.#waiting.shift();
    return this.#inFlight;
  }

  /** The agent does something since the message was sent, so it has read it. */
  agentIsAtWork(): void {
    const message = this.#inFlight;
    this.#inFlight = undefined;
    message?.accepted();
    message?.consumed();
  }

  /** The agent answered that it will not have the message. */
  refused(reason: string): void {
    this.#inFlight?.denied(reason);
    this.#inFlight = undefined;
  }

  /** Nothing is sent any more. A message that is on its way may or may not have been read. */
  close(reason: string): void {
    this.#closedBecause ??= reason;
    this.#inFlight?.unknown(reason);
    this.#inFlight = undefined;
    for (const message of this.#waiting.splice(0)) message.denied(this.#closedBecause);
  }
}
