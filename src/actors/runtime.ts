import { RunfoldError } from "../domain/errors.ts";
import type { Graph } from "../domain/graph.ts";
import { isRunId } from "../domain/ids.ts";
import type { RunId } from "../domain/ids.ts";
import type { RunSummary } from "../projections/run-summary.ts";
import { refuseAbandoned } from "./abandoned.ts";
import { Beginnings } from "./beginnings.ts";
import { cleanUp, unlessGone } from "./clean-up.ts";
import { FollowedRuns } from "./followed-runs.ts";
import { checkedFork, forkRun } from "./fork-run.ts";
import type { ForkOptions } from "./fork-run.ts";
import { InboxReader } from "./inbox-reader.ts";
import { Lease } from "./lease.ts";
import { liftedJournal } from "./lifted-journal.ts";
import { LineElsewhere } from "./line-elsewhere.ts";
import { OwnedRuns } from "./owned-runs.ts";
import { Recovery } from "./recovery.ts";
import type { Recovered, TakeOverOptions } from "./recovery.ts";
import { RecoveryWatch } from "./recovery-watch.ts";
import { Retention } from "./retention.ts";
import { refuseBadId, sameGraph, unknownRun } from "./run-identity.ts";
import { isVacant, tenureOf } from "./tenure.ts";
import type { RunLine } from "./run-line.ts";
import type { RunStream } from "./run-stream.ts";
import { Run } from "./run.ts";
import { startOrFind } from "./start-run.ts";
import { RuntimeNotices } from "./runtime-notices.ts";
import { RuntimeDiagnostics } from "./runtime-diagnostics.ts";
import type { CloseOptions, ResumeOptions, StartOptions } from "./runtime-options.ts";
import type { RuntimeParts } from "./runtime-parts.ts";

/**
 * Owns the runs that this process writes: starts them, finds them, cleans them up, ends them when it closes. Runs of other
 * processes on the same journal can be read, waited for, spoken to and canceled through the same handles.
 */
export class Runtime implements AsyncDisposable {
  /** What runs of this runtime tell whoever wants to know, and whom they could not. */
  readonly notices: RuntimeNotices;
  readonly #parts: RuntimeParts;
  readonly #owned: OwnedRuns;
  readonly #recovery: Recovery;
  readonly #watch: RecoveryWatch;
  readonly #lease: Lease;
  readonly #beginnings = new Beginnings();
  readonly #followed: FollowedRuns;
  readonly #closing = new AbortController();
  readonly #readings = new Set<Promise<unknown>>();
  readonly #diagnostics: RuntimeDiagnostics;
  readonly #inbox: InboxReader;
  readonly #retention: Retention;
  #closed: Promise<void> | undefined;

  /** @internal */
  constructor(parts: RuntimeParts) {
    const journal = liftedJournal(parts.journal);
    this.#parts = { ...parts, journal };
    this.#diagnostics = new RuntimeDiagnostics(parts.onDiagnostic);
    const report = (code: string, cause: unknown): void => void this.#diagnostics.report(code, undefined, cause);
    const reportOf = (code: string, run: RunId | undefined, cause: unknown): void =>
      void this.#diagnostics.report(code, run, cause);
    this.notices = new RuntimeNotices({
      ...this.#parts,
      subscriptions: parts.notices,
      isOwned: (run) => this.#owned.actor(run) !== undefined,
      failed: (run, subscriber, reason) => this.#reportFailure("notice-failed", run, `${subscriber}: ${reason}`),
      refuseClosed: () => this.#refuseClosed(),
      report: reportOf,
    });
    this.#owned = new OwnedRuns({
      parts: this.#parts,
      handle: (id, stream, line) => this.#handle(id, stream, line),
      report: reportOf,
      observerFailed: (id, error) => this.#reportFailure("observer-failed", id, error),
      taken: () => this.#lease.hold(),
      subscribers: () => this.notices.subscribers,
      begun: (...begun) => void this.notices.begun(...begun),
      released: (id, { isEnded, view }) => {
        this.#parts.releaseTasks(id);
        if (isEnded) this.#retention.add(id, view.life, view.snapshot().cleanupAt);
        if (this.#closed === undefined) void this.#recovery.takeNext();
      },
    });
    this.#recovery = new Recovery({
      parts: this.#parts,
      owned: this.#owned,
      beginnings: this.#beginnings,
      find: (id) => this.#find(id),
      refuseClosed: () => this.#refuseClosed(),
      report: reportOf,
    });
    this.#watch = new RecoveryWatch(parts.clock, () => this.recover());
    this.#lease = new Lease(this.#parts, () => this.#owned.actors(), report);
    this.#inbox = new InboxReader(journal, parts.clock, (run) => this.#owned.actor(run), report);
    this.#followed = new FollowedRuns(
      journal,
      parts.clock,
      this.#closing.signal,
      (run, error) => this.#reportFailure("observer-failed", run, error),
      (run, stream) => this.#handle(run, stream, new LineElsewhere(this.#parts, run, stream)),
    );
    this.#retention = new Retention(
      parts.clock,
      (run, life) => unlessGone(cleanUp(this.#parts, run, life, "Its time of retention is over.")),
      report,
    );
  }

  /**
   * Starts a graph, or gives the run that already has this id; one that nobody writes any more is taken over. Resolves once that is
   * committed.
   * @throws `run.idInvalid`; `graph.invalid` with diagnostics, when a step cannot be run here; `run.conflicting` when the id
   * belongs to a run of another graph; `runtime.full`; `runtime.closed`; what the journal refuses with.
   */
  async start(graph: Graph, options: StartOptions = {}): Promise<Run> {
    this.#refuseClosed();
    const id = options.id ?? this.#parts.entropy.uniqueName();
    refuseBadId(id);
    return await this.#beginnings.begin(id, () => this.#start(graph, id));
  }

  /**
   * A handle to a run of the journal, whoever writes it, which knows all that was committed by this call; undefined if there is none.
   * @throws `runtime.closed`; what the journal refuses with.
   */
  async get(id: RunId): Promise<Run | undefined> {
    this.#refuseClosed();
    // A run that is being started is there once its start is committed.
    await this.#beginnings.settled(id);
    return this.#find(id);
  }

  async #find(id: RunId): Promise<Run | undefined> {
    this.#refuseClosed();
    const live = this.#owned.run(id);
    if (live !== undefined) return live;
    if (!isRunId(id)) return undefined;
    return this.#followed.get(id);
  }

  /** One line for each run of the journal, oldest first; with `last`, a whole number from 1 on, for so many of the youngest. */
  async list({ last }: { readonly last?: number } = {}): Promise<readonly RunSummary[]> {
    this.#refuseClosed();
    const entries = await this.#parts.journal.list(last);
    const asked = last === undefined ? entries : entries.slice(-last);
    return asked.map(({ summary }) => summary as unknown as RunSummary);
  }

  /**
   * Ends the runs of this runtime (a graceful cancel, then force), its executors and its journal. With `unfinished: "leave"` runs are
   * not canceled: what they have under way is ended by force, and the next process that opens the journal goes on with them, as after
   * a crash. Calling it again waits for the same end.
   */
  close({ unfinished = "cancel" }: CloseOptions = {}): Promise<void> {
    this.#closed ??= this.#close(unfinished);
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Takes over a run that has not ended although the process that wrote it has: what was under way is interrupted, and each step goes
   * on as its graph's `onInterrupted` says. A run that has ended, or that this runtime writes, is returned as it is. With `force` also
   * a run whose process lives, or cannot be looked at: that process then loses it, and ends what it runs of it.
   * @throws `run.unknown`; `run.live` when another process may still write it; `graph.invalid` with diagnostics, when a step cannot be
   * run here; `runtime.full`; `runtime.closed`; what the journal refuses with.
   */
  async resume(id: RunId, options: ResumeOptions = {}): Promise<Run> {
    this.#refuseClosed();
    refuseBadId(id);
    return await this.#beginnings.begin(id, () => this.#takeOver(id, { force: options.force ?? false }));
  }

  /**
   * Takes over all runs of the journal that nobody writes any more, as {@link resume} does, and returns those. One that cannot be run
   * here stays as it is, and is reported as a diagnostic `recovery-failed`. `openRuntime` does so by itself, unless it is told not to.
   */
  async recover(): Promise<readonly Run[]> {
    this.#refuseClosed();
    const { runs, isIncomplete } = await this.#beginnings.track(this.#recoverAll());
    if (isIncomplete) this.#watch.again();
    return runs;
  }

  /**
   * Starts a new run whose journal begins with another's first `at` events. Steps that had ended by then keep their outputs; the rest
   * runs, attempts that were under way once more, with the whole of the graph's time before them.
   * @throws `run.unknown`; `position.invalid` for a position inside a commit or beyond the end; `fork.refused` when the run was being
   * ended by then, or an edited graph touches what had happened; `graph.invalid`; `run.conflicting` when the new id is taken;
   * `run.idInvalid`; `runtime.full`; `runtime.closed`; what the journal and the artifact store refuse with.
   */
  async fork(id: RunId, options: ForkOptions): Promise<Run> {
    this.#refuseClosed();
    const { at, graph, id: forkId = this.#parts.entropy.uniqueName() } = checkedFork(options);
    refuseBadId(forkId);
    return await this.#beginnings.begin(forkId, async () => {
      const source = await this.#find(id);
      if (source === undefined) throw unknownRun(id);
      return await forkRun(this.#parts, this.#owned, { source: source.snapshot(), id: forkId, at, graph });
    });
  }

  /** Does what became due while nobody was there. @internal */
  async tidy(): Promise<void> {
    this.#retention.watch(await this.list());
    void this.notices.resume();
  }

  async #start(graph: Graph, id: RunId): Promise<Run> {
    const known = await this.#find(id);
    if (known !== undefined && !known.snapshot().isCleaned) {
      sameGraph(known, graph);
      const isLeft = !known.snapshot().isEnded && !this.#owned.has(id);
      const isFree = isLeft && (await tenureOf(this.#parts, known.snapshot())) === "vacant";
      return isFree ? await this.#takeOver(id, { force: false, graph }) : known;
    }
    // Whoever cleaned it up was interrupted.
    if (known !== undefined) await unlessGone(known.cleanup());
    this.#owned.refuseFull();
    this.#parts.bindTasks(id, graph);
    try {
      return await startOrFind(this.#parts, this.#owned, id, graph, {
        find: (run) => this.#find(run),
        refuseClosed: () => this.#refuseClosed(),
      });
    } finally {
      if (this.#owned.actor(id) === undefined) this.#parts.releaseTasks(id);
    }
  }

  async #takeOver(id: RunId, options: TakeOverOptions): Promise<Run> {
    const run = await this.#recovery.takeOver(id, options);
    this.#inbox.rescan();
    return run;
  }

  async #recoverAll(): Promise<Recovered> {
    const recovered = await this.#recovery.recover(await this.list());
    if (recovered.runs.length > 0) this.#inbox.rescan();
    return recovered;
  }

  #handle(id: RunId, stream: RunStream, line: RunLine): Run {
    const { journal, clock, artifacts } = this.#parts;
    return new Run({
      run: id,
      journal,
      stream,
      clock,
      artifacts,
      line,
      report: (error) => this.#reportFailure("observer-failed", id, error),
      isAbandoned: () => !stream.isEnded && !this.#owned.has(id) && isVacant(this.#parts, stream.view.snapshot()),
      refuseAbandoned: () => refuseAbandoned(this.#parts, id, stream),
      reading: (reading) => {
        const noted = reading.finally(() => this.#readings.delete(noted));
        this.#readings.add(noted);
        return noted;
      },
      cleanUp: async (reason) => {
        const deletion = await cleanUp(this.#parts, id, stream.view.life, reason);
        this.#retention.forget(id);
        return deletion;
      },
    });
  }

  /** An observer's error is the run's to remember as long as the run lasts, and the runtime's to tell. */
  #reportFailure(code: "observer-failed" | "notice-failed", id: RunId, error: unknown): void {
    const message = this.#diagnostics.report(code, id, error);
    const who = code === "observer-failed" ? "An observer of this run failed" : "A notice was not delivered to";
    this.#owned.actor(id)?.diagnose(code, "warning", `${who}: ${message}`);
  }

  async #close(unfinished: "cancel" | "leave"): Promise<void> {
    const { journal, executors } = this.#parts;
    this.#inbox.close();
    this.#retention.close();
    this.#watch.close();
    await this.#beginnings.allSettled();
    const closed = new RunfoldError("runtime.closed", "The runtime was closed.");
    if (unfinished === "cancel") await this.#owned.cancelAll("Its runtime was closed.");
    this.#owned.stopAll(closed);
    this.#closing.abort(closed);
    await Promise.allSettled([...new Set(executors.values())].map(async (executor) => executor.close?.()));
    await this.notices.close();
    await Promise.allSettled(this.#readings);
    await this.#lease.release();
    await journal.close();
  }

  #refuseClosed(): void {
    if (this.#closed !== undefined) throw new RunfoldError("runtime.closed", "This runtime has been closed.");
  }
}
