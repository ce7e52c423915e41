import type { RunId } from "../domain/ids.ts";
import type { Refusal } from "../domain/inputs.ts";
import { limits } from "../domain/limits.ts";
import type { MessageNumber, MessageReceipt } from "../domain/message.ts";
import type { MessageEntry } from "../projections/messages.ts";
import { receiptOf } from "../projections/messages.ts";
import type { Timer } from "../ports/clock.ts";
import { refuseAbandoned } from "./abandoned.ts";
import { known, unrecorded } from "./message-answer.ts";
import { advanceBeyond } from "./run-events.ts";
import type { RunLine, SendCommand } from "./run-line.ts";
import type { RunStream } from "./run-stream.ts";
import type { RuntimeParts } from "./runtime-parts.ts";

/** The line to a run that another process writes: its inbox, and then the journal, which shows what became of it. */
export class LineElsewhere implements RunLine {
  readonly #parts: RuntimeParts;
  readonly #run: RunId;
  readonly #stream: RunStream;

  constructor(parts: RuntimeParts, run: RunId, stream: RunStream) {
    this.#parts = parts;
    this.#run = run;
    this.#stream = stream;
  }

  /** Leaves the request in the inbox, for whoever writes the run. @throws `run.abandoned`; what the journal refuses with. */
  async cancel(reason: string, force: boolean): Promise<Refusal | undefined> {
    await refuseAbandoned(this.#parts, this.#run, this.#stream);
    if (this.#stream.isEnded) return { refused: "ended", message: `Run ${this.#run} has ended.` };
    await this.#parts.journal.send(this.#run, { type: "run.cancel", reason, force });
    return undefined;
  }

  /**
   * Leaves the message in the inbox, and watches the journal for what becomes of it. A receipt `unknown` after
   * `limits.messageWaitMs`: it may still be delivered, and sending it again with its key tells.
   * @throws `run.abandoned`, `mailbox.full`; the signal's reason; what the journal refuses with, or ends the following.
   */
  async message(given: SendCommand, signal: AbortSignal | undefined): Promise<MessageReceipt> {
    const { journal, clock, entropy } = this.#parts;
    const stream = this.#stream;
    // What it is found by again: without a key nobody could tell it from another's.
    const command = { ...given, key: given.key ?? entropy.uniqueName() };
    const giveUpAt = clock.now() + limits.messageWaitMs;
    // Denials of earlier messages with this key are none of this one's.
    await this.#catchUp(signal);
    const last = stream.messages.last;
    let entry = known(stream, command);
    const isReused = entry !== undefined;
    if (entry === undefined) {
      await refuseAbandoned(this.#parts, this.#run, stream);
      if (stream.isEnded) return unrecorded(command, `Run ${this.#run} has ended.`);
      const { step, channel, text, key } = command;
      const number = await journal.send(this.#run, { type: "message.send", step, channel, text, key });
      const isTaken = await this.#until(giveUpAt, signal, async () => {
        const [waiting] = await journal.inbox(number - 1, 1, this.#run);
        // Nobody takes up anything of a run that has ended.
        return waiting?.number !== number || stream.isEnded;
      });
      if (!isTaken) return doubtful(command, undefined, "The process that writes the run has not taken it up yet.");
      await this.#catchUp(signal);
      entry = known(stream, command) ?? this.#denialOf(command, last);
      if (entry === undefined) {
        const why = stream.isEnded ? `Run ${this.#run} has ended.` : "The run takes down no more messages.";
        return unrecorded(command, why);
      }
    }
    const { message } = entry;
    const now = (): MessageEntry => stream.messages.get(message) ?? entry;
    const isAnswered = await this.#until(giveUpAt, signal, () => Promise.resolve(now().status !== "sent"));
    if (!isAnswered) return doubtful(command, message, "It is on its way, and nothing has been heard of it yet.");
    return receiptOf(now(), isReused);
  }

  /** The newest message after `after` that was denied before it was sent, with this key. */
  #denialOf({ step, key, channel }: SendCommand, after: MessageNumber): MessageEntry | undefined {
    const { messages } = this.#stream;
    for (let number = messages.last; number > after; number--) {
      const entry = messages.get(number);
      const isIts = entry?.step === step && entry.key === key && entry.channel === channel;
      if (isIts && entry.status === "denied") return entry;
    }
    return undefined;
  }

  /** What the journal holds by now has been folded. */
  async #catchUp(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const head = await this.#parts.journal.head(this.#run);
    await advanceBeyond(this.#stream, head - 1, signal);
    this.#refuseStopped(signal);
  }

  /** Looks now, after each batch and every now and then, until it is so; false when the time is up. */
  async #until(giveUpAt: number, signal: AbortSignal | undefined, isSo: () => Promise<boolean>): Promise<boolean> {
    const { clock } = this.#parts;
    // One at a time: whoever looks a thousand times before the next batch must not wait for it a thousand times.
    let batch: Promise<void> | undefined;
    while (!(await isSo())) {
      this.#refuseStopped(signal);
      if (clock.now() >= giveUpAt) return false;
      let timer: Timer | undefined;
      // A run that has ended tells no more batches.
      if (!this.#stream.isEnded) {
        batch ??= advanceBeyond(this.#stream, this.#stream.position, signal).finally(() => (batch = undefined));
      }
      const pause = new Promise<void>((resolve) => {
        timer = clock.setTimer(clock.now() + limits.messagePollMs, resolve);
      });
      await Promise.race(batch === undefined ? [pause] : [pause, batch]);
      timer?.cancel();
    }
    return true;
  }

  #refuseStopped(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    if (this.#stream.failure !== undefined) throw this.#stream.failure;
  }
}

function doubtful(command: SendCommand, message: number | undefined, what: string): MessageReceipt {
  const { step, channel, key } = command;
  const reason = `${what} It was waited for ${limits.messageWaitMs / 1_000} s. Send it again with its key to learn more.`;
  return { step, channel, key, message, status: "unknown", reason, isReused: false };
}
