import type { ReadOptions, WaitOptions } from "./run-options.ts";
import { artifactPlace } from "../domain/artifact.ts";
import type { ArtifactRef } from "../domain/artifact.ts";
import type { Observable } from "rxjs";
import type { Commit } from "../domain/commit.ts";
import type { Cursor } from "../domain/cursor.ts";
import { positionOf } from "../domain/cursor.ts";
import type { Position, RunId, StepId } from "../domain/ids.ts";
import type { Refusal } from "../domain/inputs.ts";
import type { Json } from "../domain/json.ts";
import type { MessageReceipt } from "../domain/message.ts";
import type { Notice, QueuedNotice } from "../domain/notice.ts";
import { limits } from "../domain/limits.ts";
import { isRunEnded } from "../domain/status.ts";
import type { Step } from "../domain/step.ts";
import { spilledBytes } from "../domain/stored-output.ts";
import { invariant } from "../domain/errors.ts";
import { receiptOf } from "../projections/messages.ts";
import type { Frame } from "../projections/replay.ts";
import type { RunSnapshot } from "../projections/run-snapshot.ts";
import type { StepSnapshot } from "../projections/step-snapshot.ts";
import type { Verification } from "../projections/verify.ts";
import type { ArtifactStore, DeletedArtifacts } from "../ports/artifact-store.ts";
import type { Clock } from "../ports/clock.ts";
import { checkedMessage } from "./checked-message.ts";
import type { MessageOptions } from "./checked-message.ts";
import { followCommits } from "./follow-commits.ts";
import { ObservableRun } from "./observable-run.ts";
import { observeNotices } from "./notice-stream.ts";
import { outcomeOf, unknownStep } from "./outcome.ts";
import type { Outcome } from "./outcome.ts";
import { advanceBeyond, ownRun, observeEvents, observeSnapshots, readEvents } from "./run-events.ts";
import type { RunLine } from "./run-line.ts";
import { replayRun, stateOfRunAt, verifyRun } from "./run-replay.ts";
import type { CursoredEvent, EventSource } from "./run-events.ts";
import { waitFor } from "./run-wait.ts";
import type { WaitReceipt } from "./run-wait.ts";
import { loadStored, readResult } from "./step-output.ts";
import type { StepResult } from "./step-output.ts";
import type { StoredOutput } from "../domain/output.ts";

/** What a run's handle needs beside its events. */
export interface RunParts extends EventSource {
  readonly clock: Clock;
  readonly artifacts: ArtifactStore;
  readonly line: RunLine;
  cleanUp(reason: string): Promise<DeletedArtifacts>;
  /** Takes note of a reading that ends by itself, so that the journal is not closed under it. */
  reading<Result>(reading: Promise<Result>): Promise<Result>;
}

/**
 * A handle to one run, written by this or another process. Every view is folded from committed events. A handle is cheap; one
 * that outlives its runtime can still show its last snapshot.
 */
export class Run extends ObservableRun {
  readonly id: RunId;
  /** All events from the first, then those to come; completes after the run's end. An observer that throws is dropped and reported. */
  readonly events$: Observable<CursoredEvent>;
  /** The snapshot now, then a new one after each batch of commits; completes after the run's end. */
  readonly snapshot$: Observable<RunSnapshot>;
  /** Its notices so far, then those to come; completes after the run's end. To be watched: only a subscriber is told again. */
  readonly notices$: Observable<Notice>;
  readonly #parts: RunParts;
  /** Where the last wait ended: each target has its own place, because a wait for one step says nothing of the others. */
  readonly #waitedThrough = new Map<StepId | undefined, Position>();
  #outcome: Promise<Outcome> | undefined;

  /** @internal */
  constructor(parts: RunParts) {
    super();
    this.id = parts.run;
    this.#parts = parts;
    this.#waitedThrough.set(undefined, parts.stream.position);
    this.events$ = observeEvents(parts, 0);
    this.notices$ = observeNotices(parts, parts.report);
    this.snapshot$ = observeSnapshots(parts.stream, parts.report, () => this.snapshot());
  }

  /** The run as this process knows it. Constant time; unchanged parts are shared with earlier snapshots. */
  snapshot(): RunSnapshot {
    return this.#parts.stream.view.snapshot();
  }

  /**
   * Events after a cursor, as an async iterable that ends after the run's end. Whoever reads slowly misses nothing and
   * buffers nothing.
   * @throws `cursor.invalid`, at once or, for one beyond the end, at the first event; while reading, what stopped the run before its end.
   */
  events(options: ReadOptions = {}): AsyncGenerator<CursoredEvent, void, void> {
    const { after, signal } = options;
    if (after === undefined) return readEvents(this.#parts, 0, signal);
    const position = this.#decode(after);
    if (position <= this.#parts.stream.position) return readEvents(this.#parts, position, signal);
    return this.#readAhead(after, signal);
  }

  /**
   * Waits until something material happens, or for the end. Nothing falls between two waits of one handle, with or without
   * a cursor: each goes on where the one before ended.
   * @throws `cursor.invalid`, `step.unknown`, `wait.invalid`; the signal's reason; what stopped the run before its end.
   */
  async wait(options: WaitOptions = {}): Promise<WaitReceipt> {
    const { until = "material", timeoutMs, signal } = options;
    const step = options.step === undefined ? undefined : this.#step(options.step).id;
    const after = options.after === undefined ? this.#placeOf(step) : await this.#reach(options.after);
    const request = { interest: { step, until }, after, timeoutMs, signal };
    const receipt = await this.#parts.reading(waitFor(this.#parts, this.#parts.clock, request));
    this.#waitedThrough.set(step, Math.max(this.#placeOf(step), receipt.position));
    return receipt;
  }

  /**
   * The run's end, with its outputs.
   * @throws what stopped the run before its end (`journal.conflict`, `journal.failed`, `runtime.closed` …).
   */
  outcome(): Promise<Outcome> {
    // What could not be read this time may be readable the next.
    this.#outcome ??= this.#parts.reading(this.#settle()).catch((error: unknown) => {
      this.#outcome = undefined;
      throw error;
    });
    return this.#outcome;
  }

  /**
   * The output of a step that succeeded, or undefined.
   * @throws `step.unknown`, `run.cleaned`, `output.tooLarge`, `artifact.unknown`, `artifact.tampered`.
   */
  output<Output>(step: Step<Output>): Promise<Output | undefined>;
  output(step: StepId): Promise<Json | undefined>;
  async output(step: Step | StepId): Promise<unknown> {
    const { stored } = await this.result(step);
    return stored === undefined ? undefined : this.load(this.#step(step).id, stored);
  }

  /**
   * How a step ended: its snapshot, its output or what it had until it failed, and why it failed.
   * @throws `step.unknown`, `run.cleaned`.
   */
  result(step: Step | StepId): Promise<StepResult> {
    return readResult(ownRun(this.#parts), this.#step(step));
  }

  /**
   * What a {@link StepResult} has of a step, with the parts that lie in artifacts put back.
   * @throws `output.tooLarge`, `artifact.unknown`, `artifact.tampered`.
   */
  load(step: StepId, stored: StoredOutput): Promise<Json> {
    return loadStored(this.#parts.artifacts, this.#place(), step, stored);
  }

  /**
   * The local file that holds an artifact of this run, not to be written to; undefined where the artifact store keeps no files.
   * @throws `artifact.unknown`, `artifact.tampered`.
   */
  artifactPath(artifact: ArtifactRef): Promise<string | undefined> {
    return this.#parts.artifacts.path(this.#place(), artifact);
  }

  /**
   * Asks the run to end: what has not started never will, what runs is told to stop and, after a grace, made to. With `force`
   * there is no grace. Resolves when the request is committed, with the refusal if there was nothing to do; for a run that
   * another process writes, when the request is in its inbox.
   */
  cancel(options: { readonly reason?: string; readonly force?: boolean } = {}): Promise<Refusal | undefined> {
    const { reason = "Canceled by its user.", force = false } = options;
    return this.#parts.line.cancel(reason.slice(0, limits.reasonCharsMax), force);
  }

  /**
   * Says something to the agent of a running step. Resolves when it is known what became of it: its program took it (`accepted`), the
   * agent was given it (`consumed`), it was not delivered and will not be (`denied`), or nobody can tell (`unknown`). A denial is a
   * receipt, not an error; one because the step is not running does not use up its key.
   * @throws `message.invalid`, `step.unknown`, `mailbox.full`; `run.abandoned` where nobody writes the run; the signal's reason; what the
   * journal refuses with, or stopped the run before the answer.
   */
  async message(step: Step | StepId, options: MessageOptions): Promise<MessageReceipt> {
    const { channel, text, key, signal } = checkedMessage(options);
    const named = key === undefined ? {} : { key };
    const command = { type: "message.send", step: this.#step(step).id, channel, text, ...named } as const;
    return this.#parts.reading(this.#parts.line.message(command, signal));
  }

  /** Every message to the run's steps, or to one, that anyone sent so far, and what has become of it. In their order. */
  messages(step?: Step | StepId): readonly MessageReceipt[] {
    const id = step === undefined ? undefined : this.#step(step).id;
    return this.#parts.stream.messages.list(id).map((entry) => receiptOf(entry, false));
  }

  /** Its notices so far, as the journal has them, in their order. */
  notices(): readonly QueuedNotice[] {
    return this.#parts.stream.notices.list();
  }

  /**
   * Every frame of the run so far, oldest first: each event with the run as it was right after it. Read as they are asked for.
   * @throws `run.cleaned`; what the journal refuses with.
   */
  replay(): AsyncGenerator<Frame, void, void> {
    return replayRun(this.#parts, this.#parts.stream.position);
  }

  /**
   * The run as it was at a position, a whole number from 1 on.
   * @throws `position.invalid`, `run.cleaned`; what the journal refuses with.
   */
  stateAt(position: Position): Promise<RunSnapshot> {
    return this.#parts.reading(stateOfRunAt(this.#parts, position));
  }

  /**
   * Decides everything that happened to the run so far once more, and compares it with the journal, byte by byte.
   * @throws `run.cleaned`; what the journal refuses with.
   */
  verify(): Promise<Verification> {
    return this.#parts.reading(verifyRun(this.#parts, this.#parts.stream.position));
  }

  /** Its commits so far and those to come, for views that need no cursors. @internal */
  commits(signal: AbortSignal): AsyncGenerator<readonly Commit[], void, void> {
    return followCommits(this.#parts, signal);
  }

  /** Whether the run has not ended although the process that wrote it is known to be gone. Asks the system: not for hot paths. */
  isAbandoned(): boolean {
    return this.#parts.isAbandoned();
  }

  /**
   * Deletes an ended run, or an abandoned one: its artifacts, then its journal. The id is free again; old cursors stay invalid.
   * Resolves with the names of the artifacts that went, and of foreign files that were left.
   * @throws `run.live` before the run's end.
   */
  cleanup(options: { readonly reason?: string } = {}): Promise<DeletedArtifacts> {
    const { reason = "Cleaned up by its user." } = options;
    return this.#parts.cleanUp(reason.slice(0, limits.reasonCharsMax));
  }

  async #settle(): Promise<Outcome> {
    const interest = { step: undefined, until: "end" } as const;
    // Not a wait of this handle: whoever waits for what is material next has not been told anything by it.
    const after = this.#parts.stream.position;
    const { clock } = this.#parts;
    const { run } = await waitFor(this.#parts, clock, { interest, after, timeoutMs: undefined, signal: undefined });
    invariant(isRunEnded(run.status), "a wait for the end comes back after the end");
    const outputs = new Map<StepId, Json>();
    const isSmall = run.steps.length <= limits.outcomeStepsMax;
    const ids = isSmall ? Array.from(run.steps, ({ id }) => id) : run.sinks.slice(0, limits.outcomeStepsMax);
    let bytes = 0;
    for (const id of ids) {
      if (run.steps.get(id)?.status !== "succeeded") continue;
      const { stored } = await this.result(id);
      if (stored === undefined) continue;
      bytes += spilledBytes(stored);
      if (bytes <= limits.loadedOutputBytesMax) outputs.set(id, await this.load(id, stored));
    }
    return outcomeOf(run, run.status, outputs);
  }

  #place(): string {
    return artifactPlace(this.id, this.#parts.stream.view.life);
  }

  #step(step: Step | StepId): StepSnapshot {
    const id = typeof step === "string" ? step : step.id;
    const found = this.#parts.stream.view.step(id);
    if (found === undefined) throw unknownStep(this.snapshot(), id);
    return found;
  }

  /** What a wait for the run has told, it has told of each step. */
  #placeOf(step: StepId | undefined): Position {
    return Math.max(this.#waitedThrough.get(step) ?? 0, this.#waitedThrough.get(undefined) ?? 0);
  }

  #decode(cursor: Cursor): Position {
    return positionOf(cursor, this.id, this.#parts.stream.view.life, Number.MAX_SAFE_INTEGER);
  }

  /**
   * The position of a cursor, once this handle has come to it: a handle to a run of another process is a moment behind, and
   * somebody else may have read further.
   */
  async #reach(cursor: Cursor): Promise<Position> {
    const { journal, stream } = this.#parts;
    const position = this.#decode(cursor);
    if (position <= stream.position) return position;
    positionOf(cursor, this.id, stream.view.life, await journal.head(this.id));
    await advanceBeyond(stream, position - 1, undefined);
    return position;
  }

  async *#readAhead(cursor: Cursor, signal: AbortSignal | undefined): AsyncGenerator<CursoredEvent, void, void> {
    yield* readEvents(this.#parts, await this.#reach(cursor), signal);
  }
}
