import type { AgentFinding } from "../domain/agent.ts";
import { artifactPlace } from "../domain/artifact.ts";
import { brokenInvariant, RunfoldError } from "../domain/errors.ts";
import { workKindOf } from "../domain/graph-document.ts";
import type { GraphDocument, StepDocument } from "../domain/graph-document.ts";
import type { Position, RunId, RunLife } from "../domain/ids.ts";
import type { Command, Refusal } from "../domain/inputs.ts";
import type { NoticeNumber } from "../domain/notice.ts";
import type { Handover } from "../projections/frontier.ts";
import type { Plan } from "../machines/plan.ts";
import { planOf } from "../machines/plan.ts";
import type { RunState } from "../machines/run-state.ts";
import type { Executor } from "../ports/executor.ts";
import type { AppendOptions, InboxMessage } from "../ports/journal.ts";
import { textOf } from "./error-text.ts";
import { Deadlines } from "./deadlines.ts";
import { Effects } from "./effects.ts";
import { commandOf } from "./inbox-command.ts";
import { LineHere } from "./line-here.ts";
import { Observations, pastOf } from "./observations.ts";
import { RunActor } from "./run-actor.ts";
import type { RunLine } from "./run-line.ts";
import type { RunStream } from "./run-stream.ts";
import { nextNoticeOf, standingOf } from "./standing.ts";
import type { Run } from "./run.ts";
import type { RuntimeParts } from "./runtime-parts.ts";

/** A run that this process is about to write, and the command that makes it so. */
export interface Ownership {
  readonly id: RunId;
  readonly life: RunLife;
  readonly state: RunState;
  readonly stream: RunStream;
  /** The command that begins the run here: a start, a recovery, a fork. */
  readonly command: Extract<Command, { type: "run.start" | "run.recover" | "run.fork" }>;
  readonly past?: AppendOptions["past"];
  /** Whether what earlier owners left running is ended first. Default: true. */
  readonly isSwept?: boolean;
  /** Messages that have been waiting for the run: they are heard before anything is launched. */
  readonly waiting?: readonly InboxMessage[];
  /** What executors found worth saying before the start: diagnostics of the run. */
  readonly warnings?: readonly AgentFinding[];
  /** The graph that the run goes on with, where it is not that of its state yet. */
  readonly stepsAfter?: GraphDocument;
  /** Where the run's newest checkpoint stands. Default: nowhere. */
  readonly checkpointedAt?: Position;
}

export interface OwnedRunsHost {
  readonly parts: RuntimeParts;
  handle(id: RunId, stream: RunStream, line: RunLine): Run;
  report(code: string, run: RunId, error: unknown): void;
  observerFailed(run: RunId, error: unknown): void;
  /** A run is written here from now on. */
  taken(): void;
  /** Who is to be told of notices. */
  subscribers(): readonly string[];
  /** That a run is written here has been committed. Its notices after number `before` are since then; `isNew` if nobody wrote it before. */
  begun(id: RunId, stream: RunStream, before: NoticeNumber, isNew: boolean): void;
  /** A run is no longer written here. */
  released(id: RunId, stream: RunStream): void;
}

/** The runs that this process writes, each with its actor. */
export class OwnedRuns {
  readonly #host: OwnedRunsHost;
  /** Those that are on their way here are there as well, for messages that come meanwhile. */
  readonly #actors = new Map<RunId, RunActor>();
  /** Known to others only once that is committed. */
  readonly #runs = new Map<RunId, Run>();
  readonly #leaving = new WeakMap<RunActor, () => void>();

  constructor(host: OwnedRunsHost) {
    this.#host = host;
  }

  has(id: RunId): boolean {
    return this.#runs.has(id);
  }

  run(id: RunId): Run | undefined {
    return this.#runs.get(id);
  }

  actor(id: RunId): RunActor | undefined {
    return this.#actors.get(id);
  }

  actors(): readonly RunActor[] {
    return [...this.#actors.values()];
  }

  /** Cancels every run, and waits for their ends. */
  async cancelAll(reason: string): Promise<void> {
    await Promise.allSettled(
      Array.from(this.#runs.values(), async (run) => {
        await run.cancel({ reason });
        await run.wait({ until: "end" });
      }),
    );
  }

  /** Lets go of every run that has not ended: nothing more of it is written here, and its attempts are ended by force. */
  stopAll(error: RunfoldError): void {
    for (const actor of this.actors()) actor.stop(error);
  }

  /** What to tell of an observer that threw, for the stream of a run that is about to be written here. */
  reporterOf(id: RunId): (error: unknown) => void {
    return (error) => this.#host.observerFailed(id, error);
  }

  /** @throws `runtime.full` */
  refuseFull(): void {
    const { liveRunsMax } = this.#host.parts;
    if (this.#actors.size < liveRunsMax) return;
    const message = `${this.#actors.size} runs are live in this runtime, and it takes ${liveRunsMax}. Wait for one to end, or raise liveRunsMax.`;
    throw new RunfoldError("runtime.full", message);
  }

  /**
   * Makes this process the run's writer; nobody else may be about to do so for the same id. Resolves once that is committed, with
   * the refusal if the machines do not agree.
   * @throws `journal.conflict` when another process was faster; what else the journal refuses with.
   */
  async own(ownership: Ownership): Promise<Run | Refusal> {
    const { id, stream, command, waiting = [], warnings = [] } = ownership;
    const observations = this.#observe(ownership);
    const actor = this.#actorOf(ownership, observations);
    const run = this.#host.handle(id, stream, new LineHere(actor));
    const leave = this.#host.parts.record.writes(ownership.life);
    const noticesBefore = stream.notices.last;
    this.#actors.set(id, actor);
    this.#leaving.set(actor, leave);
    try {
      const answer = actor.send(command);
      for (const { code, message, step } of warnings) actor.diagnose(code, "warning", message, step);
      for (const { number, message } of waiting) {
        actor.send(commandOf(message), number).catch((error: unknown) => {
          this.#host.report("inbox-message-failed", id, error);
        });
      }
      const refusal = await answer;
      if (refusal !== undefined) {
        this.#forget(id, actor);
        return refusal;
      }
      this.#host.begun(id, stream, noticesBefore, command.type !== "run.recover");
      // A run may be over by the time that its start is known to be committed.
      if (!actor.isStopped) {
        this.#runs.set(id, run);
        this.#host.taken();
      }
      return run;
    } catch (error) {
      this.#forget(id, actor);
      throw error;
    }
  }

  #forget(id: RunId, actor: RunActor): void {
    this.#leaving.get(actor)?.();
    this.#leaving.delete(actor);
    if (this.#actors.get(id) !== actor) return;
    this.#actors.delete(id);
    this.#runs.delete(id);
  }

  /** Where nobody observes, nothing listens: no event costs anything more. */
  #observe({ id, life, state, stream, command }: Ownership): Observations | undefined {
    const { observers } = this.#host.parts;
    if (observers.length === 0) return undefined;
    const observations = new Observations(observers, {
      run: id,
      life,
      past: pastOf(state, stream.view, command.type === "run.recover"),
      note: (code, message) => this.#actors.get(id)?.diagnose(code, "info", message),
      failed: (error) => this.#host.observerFailed(id, error),
    });
    if (observations.isEmpty) return undefined;
    stream.listen({ position: stream.position, next: (recorded) => observations.next(recorded) });
    return observations;
  }

  #actorOf(ownership: Ownership, observations: Observations | undefined): RunActor {
    const { id, life, state, stream, command, past, stepsAfter, checkpointedAt = 0, isSwept = true } = ownership;
    const { parts } = this.#host;
    const report = (code: string, error: unknown): void => this.#host.report(code, id, error);
    const { journal, clock, entropy, artifacts, executors, abortGraceMs } = parts;
    const plan = stepsAfter === undefined ? state.plan : planOf(stepsAfter);
    const { root } = command.type === "run.recover" ? stream.view : command;
    const deadlines = new Deadlines(clock);
    return new RunActor({
      run: id,
      life,
      journal,
      clock,
      state,
      stream,
      ...(past === undefined ? {} : { past }),
      subscribers: plan.notices.mode === "none" ? [] : this.#host.subscribers(),
      checkpointedAt: parts.writesCheckpoints ? checkpointedAt : undefined,
      effects: (actor) =>
        new Effects({
          run: id,
          owner: () => ({ life, epoch: state.epoch }),
          place: artifactPlace(id, life),
          graph: plan.graph,
          definitionOf: ({ agent }) => stream.view.definition(agent?.ref),
          root,
          clock,
          entropy,
          artifacts,
          executors,
          abortGraceMs,
          deadlines,
          keepDeadline: (attempt) => deadlines.add(attempt),
          executorsToSweep: () => (isSwept ? executorsFor(plan, executors) : []),
          stepOf: (step) => plan.steps[plan.numberOf.get(step)!]!,
          placeOf: ({ cwd }) => stream.view.place(cwd),
          upstreamOf: (step) => handedTo(step, stream),
          scopeOf: observations && ((step, attempt) => observations.scopeOf(step, attempt)),
          report: (input) => actor.post(input),
          fire: (input) => actor.post(input),
          timeOut: (step, attempt) => actor.post({ type: "step.timeOut", step, attempt }),
          diagnose: (code, severity, message, step, isLate) => {
            // Nothing of a step comes after its end, so what is found while its program leaves is told by the runtime.
            if (isLate) report(code, `Step ${step}, after its end: ${message}`);
            else actor.diagnose(code, severity, message, step);
          },
          standing: () => standingOf(state),
          nextNotice: () => nextNoticeOf(state),
          sweepFailed: (error) => {
            report("sweep-failed", error);
            const message = `What an earlier owner left running may still run: ${textOf(error)}`;
            actor.diagnose("sweep-failed", "warning", message);
          },
        }),
      onCheckpointFailed: (error) => report("checkpoint-failed", error),
      onWait: (error) => report("journal-waits", error),
      onStop: (actor) => {
        this.#forget(id, actor);
        this.#host.released(id, stream);
      },
    });
  }
}

/** All that a step is handed. One that is missing would be a wrong result without an error. */
function handedTo({ id, needs = [], after = [] }: StepDocument, { frontier }: RunStream): readonly Handover[] {
  const handovers = frontier.handoversTo(id);
  if (handovers.length === needs.length + after.length) return handovers;
  const expected = new Set([...needs, ...after]).size;
  if (handovers.length < expected) throw brokenInvariant(`step ${id} is handed what each of its dependencies gave`);
  return handovers;
}

function executorsFor({ steps }: Plan, executors: RuntimeParts["executors"]): readonly Executor[] {
  const found = new Set<Executor>();
  for (const kind of new Set(steps.map(workKindOf))) {
    const executor = executors.get(kind);
    if (executor !== undefined) found.add(executor);
  }
  return [...found];
}
