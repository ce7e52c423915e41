import type { Refusal } from "../domain/inputs.ts";
import type { MessageReceipt } from "../domain/message.ts";
import { isRefusal } from "../machines/decide.ts";
import { answered, known, unrecorded } from "./message-answer.ts";
import type { RunActor } from "./run-actor.ts";
import type { RunLine, SendCommand } from "./run-line.ts";

/** The line to a run that this process writes. */
export class LineHere implements RunLine {
  readonly #actor: RunActor;

  constructor(actor: RunActor) {
    this.#actor = actor;
  }

  cancel(reason: string, force: boolean): Promise<Refusal | undefined> {
    return this.#actor.send({ type: "run.cancel", reason, force });
  }

  /** @throws `mailbox.full`; the signal's reason; what the journal refuses with, or stopped the run. */
  async message(command: SendCommand, signal: AbortSignal | undefined): Promise<MessageReceipt> {
    signal?.throwIfAborted();
    const { stream } = this.#actor;
    const decision = await this.#actor.ask(command);
    if (isRefusal(decision)) {
      const before = known(stream, command);
      return before === undefined ? unrecorded(command, decision.message) : answered(stream, before, true, signal);
    }
    for (const event of decision) {
      const isAboutIt = event.type === "message.sent" || event.type === "message.denied";
      if (isAboutIt) return answered(stream, event, false, signal);
    }
    return unrecorded(command, "The run did not take it down.");
  }
}
