import { isRunfoldError, RunfoldError } from "../domain/errors.ts";
import type { Graph } from "../domain/graph.ts";
import { artifactPlace } from "../domain/artifact.ts";
import type { RunId, RunLife } from "../domain/ids.ts";
import { isRunId } from "../domain/ids.ts";
import type { Refusal } from "../domain/inputs.ts";
import { limits } from "../domain/limits.ts";
import { planOf } from "../machines/plan.ts";
import { initialState } from "../machines/run-state.ts";
import type { RunSummary } from "../projections/run-summary.ts";
import { cleanUp, unlessGone } from "./clean-up.ts";
import { Deadlines } from "./deadlines.ts";
import { Effects } from "./effects.ts";
import { abandoned } from "./abandoned.ts";
import { FollowedRuns } from "./followed-runs.ts";
import { InboxReader } from "./inbox-reader.ts";
import { prepareStart } from "./prepare-start.ts";
import { Retention } from "./retention.ts";
import { RunActor } from "./run-actor.ts";
import { RunStream } from "./run-stream.ts";
import { Run } from "./run.ts";
import { RuntimeDiagnostics } from "./runtime-diagnostics.ts";
import type { RuntimeParts } from "./runtime-parts.ts";

export interface StartOptions {
  /** Letters, digits, `-` and `_`, at most 64. The same id again is the same run. Default: a new unique id. */
  readonly id?: RunId;
}

/**
 * Owns the runs that this process writes: starts them, finds them, cleans them up, ends them when it closes. Runs of other
 * processes on the same journal can be read, waited for and canceled through the same handles.
 */
export class Runtime implements AsyncDisposable {
  readonly #parts: RuntimeParts;
  readonly #live = new Map<RunId, { readonly actor: RunActor; readonly run: Run }>();
  readonly #starting = new Map<RunId, Promise<Run>>();
  readonly #followed: FollowedRuns;
  readonly #closing = new AbortController();
  readonly #readings = new Set<Promise<unknown>>();
  readonly #diagnostics: RuntimeDiagnostics;
  readonly #inbox: InboxReader;
  readonly #retention: Retention;
  #closed: Promise<void> | undefined;

  /** @internal */
  constructor(parts: RuntimeParts) {
    this.#parts = parts;
    this.#diagnostics = new RuntimeDiagnostics(parts.onDiagnostic);
    const report = (code: string, cause: unknown): void => void this.#diagnostics.report(code, undefined, cause);
    this.#inbox = new InboxReader(parts.journal, parts.clock, (run) => this.#live.get(run)?.actor, report);
    this.#followed = new FollowedRuns(
      parts.journal,
      parts.clock,
      this.#closing.signal,
      (run, error) => this.#reportObserver(run, error),
      (run, stream) => this.#handle(run, stream, (reason, force) => this.#cancelElsewhere(run, stream, reason, force)),
    );
    this.#retention = new Retention(
      parts.clock,
      (run, life) => unlessGone(cleanUp(parts, run, life, "Its time of retention is over.")),
      report,
    );
  }

  /**
   * Starts a graph, or gives the run that already has this id. Resolves once the start is committed.
   * @throws `run.idInvalid`; `graph.invalid` with diagnostics, when a step cannot be run here; `run.conflicting` when the id
   * belongs to a run of another graph, `run.abandoned` when to one whose process is gone; `runtime.full`; `runtime.closed`; what the journal refuses with.
   */
  start(graph: Graph, options: StartOptions = {}): Promise<Run> {
    const id = options.id ?? this.#parts.entropy.uniqueName();
    const starting = this.#starting.get(id);
    if (starting !== undefined) {
      // Whoever comes second must not fail for what was wrong with the first.
      return starting.then(
        (run) => sameGraph(run, graph),
        () => this.start(graph, options),
      );
    }
    const started = this.#start(graph, id).finally(() => this.#starting.delete(id));
    this.#starting.set(id, started);
    return started;
  }

  /**
   * A handle to a run of the journal, whoever writes it; undefined if there is none.
   * @throws `runtime.closed`; what the journal refuses with.
   */
  async get(id: RunId): Promise<Run | undefined> {
    this.#refuseClosed();
    // A run that is being started is there once its start is committed.
    await this.#starting.get(id)?.catch(() => undefined);
    return this.#find(id);
  }

  async #find(id: RunId): Promise<Run | undefined> {
    this.#refuseClosed();
    const live = this.#live.get(id);
    if (live !== undefined) return live.run;
    if (!isRunId(id)) return undefined;
    return this.#followed.get(id);
  }

  /** One line for each run of the journal, oldest first. */
  async list(): Promise<readonly RunSummary[]> {
    this.#refuseClosed();
    const entries = await this.#parts.journal.list();
    return entries.map(({ summary }) => summary as unknown as RunSummary);
  }

  /**
   * Ends the runs of this runtime (a graceful cancel, then force), its executors and its journal. Calling it again waits for
   * the same end.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Does what became due while nobody was there. @internal */
  async tidy(): Promise<void> {
    this.#retention.watch(await this.list());
  }

  async #start(graph: Graph, id: RunId): Promise<Run> {
    this.#refuseClosed();
    if (!isRunId(id)) {
      const message = `${JSON.stringify(id)} cannot name a run: use 1 to ${limits.runIdCharsMax} letters, digits, "-" and "_", beginning with a letter or digit.`;
      throw new RunfoldError("run.idInvalid", message, { details: { run: id } });
    }
    const known = await this.#find(id);
    if (known !== undefined && !known.snapshot().isCleaned) {
      if (known.isAbandoned()) throw abandoned(id);
      return sameGraph(known, graph);
    }
    // Whoever cleaned it up was interrupted.
    if (known !== undefined) await unlessGone(known.cleanup());
    this.#refuseFull();
    this.#parts.bindTasks(id, graph);
    try {
      return await this.#launch(graph, id);
    } catch (error) {
      if (!this.#live.has(id)) this.#parts.releaseTasks(id);
      throw error;
    }
  }

  async #launch(graph: Graph, id: RunId): Promise<Run> {
    const { workspace, executors, owner } = this.#parts;
    const root = await workspace.realRoot(this.#parts.root);
    const places = await prepareStart(id, graph.document, root, executors, workspace);
    // Others may have been started, or the runtime closed, while the graph was looked at.
    this.#refuseClosed();
    this.#refuseFull();
    const life = this.#parts.entropy.uniqueName();
    const actor = this.#actorOf(id, life, graph, root);
    const run = this.#handle(id, actor.stream, (reason, force) => actor.send({ type: "run.cancel", reason, force }));
    this.#live.set(id, { actor, run });
    try {
      await actor.send({ type: "run.start", run: id, life, graph: graph.document, root, places, owner });
    } catch (error) {
      this.#live.delete(id);
      // Another process was faster with the same id: then it is its run.
      const winner = isRunfoldError(error, "journal.conflict") ? await this.#find(id) : undefined;
      if (winner === undefined) throw error;
      return sameGraph(winner, graph);
    }
    return run;
  }

  #actorOf(id: RunId, life: RunLife, graph: Graph, root: string): RunActor {
    const { journal, clock, entropy, artifacts, executors, abortGraceMs } = this.#parts;
    const plan = planOf(graph.document);
    const state = initialState();
    state.run = id;
    const deadlines = new Deadlines(clock);
    const stream = new RunStream((error) => this.#reportObserver(id, error));
    return new RunActor({
      journal,
      clock,
      state,
      stream,
      effects: (actor) =>
        new Effects({
          run: id,
          place: artifactPlace(id, life),
          graphName: graph.document.name,
          root,
          clock,
          entropy,
          artifacts,
          executors,
          abortGraceMs,
          deadlines,
          keepDeadline: (attempt) => deadlines.add(attempt),
          stepOf: (step) => plan.steps[plan.numberOf.get(step)!]!,
          placeOf: ({ cwd }) => stream.view.place(cwd),
          upstreamOf: ({ id: step }) => stream.frontier.handoversTo(step),
          report: (report) => actor.post(report),
          fire: (input) => actor.post(input),
          timeOut: (step, attempt) => actor.post({ type: "step.timeOut", step, attempt }),
          diagnose: (code, severity, message, step) => actor.diagnose(code, severity, message, step),
        }),
      onWait: (error) => void this.#diagnostics.report("journal-waits", id, error),
      onStop: () => {
        this.#parts.releaseTasks(id);
        this.#live.delete(id);
        if (stream.isEnded) this.#retention.add(id, life, stream.view.snapshot().cleanupAt);
      },
    });
  }

  #handle(id: RunId, stream: RunStream, cancel: (reason: string, force: boolean) => Promise<Refusal | undefined>): Run {
    const { journal, clock, artifacts } = this.#parts;
    return new Run({
      run: id,
      journal,
      stream,
      clock,
      artifacts,
      cancel,
      report: (error) => this.#reportObserver(id, error),
      isAbandoned: () => !stream.isEnded && !this.#live.has(id) && this.#parts.isGone(stream.view.snapshot().owner),
      reading: (reading) => {
        const noted = reading.finally(() => this.#readings.delete(noted));
        this.#readings.add(noted);
        return noted;
      },
      cleanUp: async (reason) => {
        await cleanUp(this.#parts, id, stream.view.life, reason);
        this.#retention.forget(id);
      },
    });
  }

  /** An observer's error is the run's to remember as long as the run lasts, and the runtime's to tell. */
  #reportObserver(id: RunId, error: unknown): void {
    const message = this.#diagnostics.report("observer-failed", id, error);
    this.#live.get(id)?.actor.diagnose("observer-failed", "warning", `An observer of this run failed: ${message}`);
  }

  /** Leaves the request in the inbox, for whoever writes the run. */
  async #cancelElsewhere(id: RunId, stream: RunStream, reason: string, force: boolean): Promise<Refusal | undefined> {
    if (stream.isEnded) return { refused: "ended", message: `Run ${id} has ended.` };
    if (this.#parts.isGone(stream.view.snapshot().owner)) throw abandoned(id);
    await this.#parts.journal.send(id, { type: "run.cancel", reason, force });
    return undefined;
  }

  async #close(): Promise<void> {
    const { journal, executors } = this.#parts;
    this.#inbox.close();
    this.#retention.close();
    await Promise.allSettled(this.#starting.values());
    const live = [...this.#live.values()];
    await Promise.allSettled(
      live.map(async ({ run }) => {
        await run.cancel({ reason: "Its runtime was closed." });
        await run.wait({ until: "end" });
      }),
    );
    const closed = new RunfoldError("runtime.closed", "The runtime was closed.");
    for (const { actor } of live) actor.stop(closed);
    this.#closing.abort(closed);
    await Promise.allSettled([...new Set(executors.values())].map(async (executor) => executor.close?.()));
    await Promise.allSettled(this.#readings);
    await journal.close();
  }

  #refuseFull(): void {
    if (this.#live.size < this.#parts.liveRunsMax) return;
    const message = `${this.#live.size} runs are live in this runtime, and it takes ${this.#parts.liveRunsMax}. Wait for one to end, or raise liveRunsMax.`;
    throw new RunfoldError("runtime.full", message);
  }

  #refuseClosed(): void {
    if (this.#closed !== undefined) throw new RunfoldError("runtime.closed", "This runtime has been closed.");
  }
}

/** The same id is the same run only if it is a run of the same graph. */
function sameGraph(run: Run, graph: Graph): Run {
  const { graph: known } = run.snapshot();
  if (known === graph.document || JSON.stringify(known) === JSON.stringify(graph.document)) return run;
  const message = `Run ${run.id} already exists, and it runs another graph ("${known.name}"). Choose another id, or clean that run up first.`;
  throw new RunfoldError("run.conflicting", message, { details: { run: run.id } });
}
