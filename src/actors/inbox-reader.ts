import type { RunId } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { commandOf } from "./inbox-command.ts";
import type { RunActor } from "./run-actor.ts";

/**
 * Takes up what other processes left for the runs that this one writes. A message is consumed by the very commit that it
 * causes, so it takes effect once, whatever crashes in between.
 */
export class InboxReader {
  readonly #journal: Journal;
  readonly #actorOf: (run: RunId) => RunActor | undefined;
  readonly #report: (code: string, cause: unknown) => void;
  readonly #clock: Clock;
  readonly #stopWatching: () => void;
  #retry: Timer | undefined;
  #seen = 0;
  #isReading = false;
  #isAgain = false;
  /** Whether the next reading begins with the first message; what is under way must not overrule that. */
  #isFromStart = false;
  #isClosed = false;

  constructor(
    journal: Journal,
    clock: Clock,
    actorOf: (run: RunId) => RunActor | undefined,
    report: (code: string, cause: unknown) => void,
  ) {
    this.#journal = journal;
    this.#clock = clock;
    this.#actorOf = actorOf;
    this.#report = report;
    this.#stopWatching = journal.watch(() => void this.#read());
  }

  close(): void {
    this.#stopWatching();
    this.#retry?.cancel();
    this.#isClosed = true;
  }

  /** Looks through all messages once more: those of a run that has just come here were passed over before. */
  rescan(): void {
    this.#isFromStart = true;
    void this.#read();
  }

  async #read(): Promise<void> {
    this.#isAgain = true;
    if (this.#isReading || this.#isClosed) return;
    this.#isReading = true;
    try {
      while (this.#isAgain) {
        this.#isAgain = false;
        if (this.#isFromStart) this.#seen = 0;
        this.#isFromStart = false;
        const messages = await this.#journal.inbox(this.#seen, limits.readCommitsMax);
        for (const { number, run, message } of messages) {
          this.#seen = number;
          const actor = this.#actorOf(run);
          if (actor === undefined) continue;
          const command = commandOf(message);
          actor.send(command, number).catch((error: unknown) => this.#report("inbox-message-failed", error));
        }
        if (messages.length > 0) this.#isAgain = true;
      }
    } catch (error) {
      this.#report("inbox-unreadable", error);
      // Nothing may ever change again that would have us look, and a cancel may be waiting in there.
      if (!this.#isClosed)
        this.#retry = this.#clock.setTimer(this.#clock.now() + limits.inboxRetryMs, () => void this.#read());
    } finally {
      this.#isReading = false;
    }
  }
}
