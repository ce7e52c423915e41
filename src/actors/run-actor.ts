import type { Commit } from "../domain/commit.ts";
import { commitSchema } from "../domain/commit.ts";
import { isRunfoldError, RunfoldError } from "../domain/errors.ts";
import type { Event, Severity } from "../domain/events.ts";
import type { Position, RunId, RunLife, StepId } from "../domain/ids.ts";
import type { Command, Input, Refusal } from "../domain/inputs.ts";
import { limits } from "../domain/limits.ts";
import type { Decision } from "../machines/decide.ts";
import { decide, isRefusal } from "../machines/decide.ts";
import type { RunState } from "../machines/run-state.ts";
import { summaryOf } from "../projections/run-summary.ts";
import type { Clock } from "../ports/clock.ts";
import type { AppendOptions, Journal } from "../ports/journal.ts";
import { checkpointOf, isCheckpointDue } from "./checkpoints.ts";
import { Breather } from "./breather.ts";
import type { Effects } from "./effects.ts";
import { boundedMessage, textOf } from "./error-text.ts";
import { asJournalError } from "./journal-error.ts";
import { Mailbox } from "./mailbox.ts";
import type { Answer, Letter } from "./mailbox.ts";
import type { RunStream } from "./run-stream.ts";

export interface RunActorParts {
  readonly run: RunId;
  readonly life: RunLife;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly state: RunState;
  readonly stream: RunStream;
  /** The run whose past this one begins with; then its first append makes the run. */
  readonly past?: AppendOptions["past"];
  /** Who is to be told of the run's notices: noted with the first append. */
  readonly subscribers: readonly string[];
  /** Where the newest checkpoint stands; undefined where none is ever written. */
  readonly checkpointedAt: Position | undefined;
  /** Built by the runtime, because effects report back to this actor. */
  effects(actor: RunActor): Effects;
  /** Called when a checkpoint could not be written: the run does not need it. */
  onCheckpointFailed(error: unknown): void;
  /** Called each time the journal is busy and the append has to wait. */
  onWait(error: unknown): void;
  /** Called once: when the run has ended, or the journal refused. */
  onStop(actor: RunActor): void;
}

/**
 * The single writer of one run. Takes inputs one at a time: decide, append, then publish and let effects follow.
 *
 * What arrives while an append is under way is decided and appended together next, so that many inputs share one sync. The
 * state runs ahead of the journal only within such a batch; if the append fails the state is thrown away with the actor.
 */
export class RunActor {
  readonly stream: RunStream;
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #state: RunState;
  readonly #effects: Effects;
  readonly #parts: RunActorParts;
  readonly #mailbox = new Mailbox();
  readonly #breather: Breather;
  /** The number of the newest inbox message that was taken: those up to it are not taken again. */
  #inboxTaken = 0;
  #past: AppendOptions["past"];
  #subscribers: readonly string[];
  #checkpointedAt: Position | undefined;
  #isDraining = false;
  #isStopped = false;

  constructor(parts: RunActorParts) {
    this.stream = parts.stream;
    this.#journal = parts.journal;
    this.#clock = parts.clock;
    this.#state = parts.state;
    this.#parts = parts;
    this.#past = parts.past;
    this.#subscribers = parts.subscribers;
    this.#checkpointedAt = parts.checkpointedAt;
    this.#breather = new Breather(parts.clock);
    this.#effects = parts.effects(this);
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Takes a report or a timer. What is refused is dropped: it was about something that is over. */
  post(input: Input): void {
    this.#enqueue({ input });
  }

  /**
   * Takes a command. Resolves when it is committed, or with the refusal once the journal agrees that nothing changed.
   * @throws `mailbox.full`, and whatever the journal refused with.
   */
  send(command: Command, inboxNumber?: number): Promise<Refusal | undefined> {
    return this.#give(command, inboxNumber, (refusal) => refusal);
  }

  /** The same, for a command whose events its sender has to know. */
  ask(command: Command): Promise<Decision> {
    return this.#give<Decision>(command, undefined, (refusal, events = []) => refusal ?? events);
  }

  #give<Told>(
    command: Command,
    inboxNumber: number | undefined,
    told: (refusal: Refusal | undefined, events?: readonly Event[]) => Told,
  ): Promise<Told> {
    // What waits in the inbox is bounded there; refused here, it would be consumed unheard by the next one.
    if (inboxNumber === undefined && this.#mailbox.commands >= limits.mailboxCommandsMax) {
      const message = `${limits.mailboxCommandsMax} commands already wait for this run. Send less, or wait for their answers.`;
      return Promise.reject(new RunfoldError("mailbox.full", message));
    }
    if (inboxNumber !== undefined) {
      if (inboxNumber <= this.#inboxTaken) return Promise.resolve(told(takenBefore));
      this.#inboxTaken = inboxNumber;
    }
    return new Promise((resolve, reject) => {
      const answer: Answer = { resolve: (refusal, events) => resolve(told(refusal, events)), reject };
      this.#enqueue({ input: command, inboxNumber, answer });
    });
  }

  /**
   * Looks whether another process has taken the run over; if so, this actor stops as if it had lost an append. A journal that cannot
   * be looked at now takes no run away.
   */
  async checkOwnership(): Promise<void> {
    const { position } = this.#state;
    if (this.#isDraining) return;
    const head = await this.#journal.head(this.#parts.run).catch(() => position);
    // An append that came meanwhile looks for itself.
    if (head !== position && position === this.#state.position) this.#enqueue({ input: undefined });
  }

  /** Records a diagnostic, once for each distinct one. */
  diagnose(code: string, severity: Severity, text: string, step?: StepId): void {
    const message = boundedMessage(text);
    this.post({ type: "diagnostic.record", code, severity, message, ...(step === undefined ? {} : { step }) });
  }

  /** Ends the actor without an end of the run: attempts are ended, and waits are told why. */
  stop(error: RunfoldError): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#effects.dispose();
    this.#mailbox.answerAll((answer) => answer.reject(error));
    this.stream.stop(error);
    this.#parts.onStop(this);
  }

  #enqueue(letter: Letter): void {
    if (this.#isStopped) {
      if (this.stream.failure === undefined) letter.answer?.resolve(ended);
      else letter.answer?.reject(this.stream.failure);
      return;
    }
    this.#mailbox.put(letter);
    if (this.#isDraining) return;
    this.#isDraining = true;
    // Not at once: whoever is calling may be in the middle of being told something, and more may come in this very turn.
    queueMicrotask(() => void this.#drain());
  }

  async #drain(): Promise<void> {
    try {
      while (!this.#mailbox.isEmpty && !this.#isStopped) {
        const pause = this.#breather.pause();
        if (pause !== undefined) await pause;
        const letters = this.#mailbox.take(limits.batchInputsMax);
        await this.#handle(letters);
        // A cancel that a listener sent in reaction comes before the launches it is meant to prevent.
        if (!this.#isStopped && !this.#mailbox.hasCancel) this.#effects.launch();
      }
    } catch (error) {
      this.stop(asRunfoldError(error));
    } finally {
      this.#isDraining = false;
    }
  }

  async #handle(letters: readonly Letter[]): Promise<void> {
    const state = this.#state;
    const expected = state.position;
    const at = this.#clock.now();
    const commits: Commit[] = [];
    const decisions = new Map<Letter, Decision>();
    let inboxThrough: number | undefined;
    try {
      for (const letter of letters) {
        const { input, inboxNumber } = letter;
        if (input === undefined) continue;
        const decision = decide(state, input, at);
        if (inboxNumber !== undefined) inboxThrough = inboxNumber;
        if (letter.answer !== undefined) decisions.set(letter, decision);
        if (!isRefusal(decision))
          commits.push({ schema: commitSchema, position: state.position, at, input, events: decision });
      }
      // Also when nothing was decided: a refusal holds only if no other writer has been at the journal.
      const summary = summaryOf(state, at);
      const options: AppendOptions = {
        summary,
        life: this.#parts.life,
        ...(inboxThrough === undefined ? {} : { inboxThrough }),
        ...(this.#past === undefined ? {} : { past: this.#past }),
        ...(this.#subscribers.length === 0 ? {} : { subscribers: this.#subscribers }),
      };
      // But a fork that is refused begins no run, so there is none to look at.
      const isNoRun = this.#past !== undefined && commits.length === 0;
      if (!isNoRun) await this.#append(expected, commits, options);
      this.#past = undefined;
      if (commits.length > 0) this.#subscribers = [];
    } catch (error) {
      for (const { answer } of letters) answer?.reject(error);
      throw error;
    }
    this.#commit(commits);
    this.#saveCheckpoint(commits.at(-1));
    for (const [{ answer }, decision] of decisions) {
      if (isRefusal(decision)) answer?.resolve(decision);
      else answer?.resolve(undefined, decision);
    }
    if (this.stream.isEnded) this.#finish();
  }

  /** The batch has been decided, so while another process holds the journal the same commits are tried again. */
  async #append(expected: Position, commits: readonly Commit[], options: AppendOptions): Promise<void> {
    const { run } = this.#parts;
    const giveUpAt = this.#clock.now() + limits.appendRetryMs;
    for (;;) {
      try {
        await this.#journal.append(run, expected, commits, options);
        return;
      } catch (error) {
        const isWorthWaiting =
          isRunfoldError(error, "journal.busy") && this.#clock.now() < giveUpAt && !this.#isStopped;
        if (!isWorthWaiting) {
          throw asJournalError(error, `The journal failed while run ${run} was being written: ${textOf(error)}`);
        }
        this.#parts.onWait(error);
      }
      await new Promise<void>((resolve) => {
        this.#clock.setTimer(this.#clock.now() + limits.appendRetryPauseMs, resolve);
      });
    }
  }

  #commit(commits: readonly Commit[]): void {
    this.stream.publish(commits);
    // A run that was stopped meanwhile is shown as it was kept, but nothing follows from it here any more.
    if (this.#isStopped) return;
    for (const { events } of commits) for (const event of events) this.#effects.apply(event);
    this.#effects.armNotice();
  }

  /** What is saved is taken now, while state and views stand at one position; it is written when the journal comes to it. */
  #saveCheckpoint(last: Commit | undefined): void {
    if (this.#checkpointedAt === undefined || last === undefined || this.#isStopped) return;
    const { position, plan } = this.#state;
    if (!isCheckpointDue(position, this.#checkpointedAt, plan.steps.length, this.stream.isEnded)) return;
    this.#checkpointedAt = position;
    const state = checkpointOf(this.#state, this.stream, last);
    this.#journal.saveCheckpoint(this.#parts.run, { position, state }).catch((error: unknown) => {
      this.#parts.onCheckpointFailed(error);
    });
  }

  #finish(): void {
    if (this.#isStopped) return;
    this.#isStopped = true;
    this.#mailbox.answerAll((answer) => answer.resolve(ended));
    this.#parts.onStop(this);
  }
}

const takenBefore: Refusal = { refused: "repeated", message: "This message has been taken already." };
const ended: Refusal = { refused: "ended", message: "The run has ended." };

function asRunfoldError(error: unknown): RunfoldError {
  if (error instanceof RunfoldError) return error;
  return new RunfoldError("invariant.broken", "A run stopped because of an error of Runfold's own.", { cause: error });
}
