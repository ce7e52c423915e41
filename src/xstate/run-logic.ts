import { randomUUID } from "node:crypto";
import type { ActorLogic, AnyActorRef, Snapshot } from "xstate";
import { RunfoldError } from "../domain/errors.ts";
import { quotedText } from "../domain/quoted-text.ts";
import type { Event, Graph, Runtime } from "../index.ts";
import { RunSession } from "./run-session.ts";
import type { SessionEvent } from "./run-session.ts";
import type { Results, RunActorSnapshot, RunCancelEvent, RunInput } from "./run-snapshot.ts";

export interface RunLogicOptions<Named extends Results | undefined = undefined> {
  /** Steps whose outputs the actor gives, typed, by name; one that did not succeed gives undefined. Default: the run's sinks. */
  readonly results?: Named;
  /**
   * What becomes of a run whose actor is stopped before the run's end, as when its machine leaves the state that invoked it: it is
   * canceled, as XState ends what its actors do; or it is left to go on by itself. Default: `cancel`.
   */
  readonly onStop?: "cancel" | "leave";
}

/** The logic of an actor that is a run: to be invoked, spawned, or started by itself. It emits the run's events. */
export type RunLogic<Named extends Results | undefined = undefined> = ActorLogic<
  RunActorSnapshot<Named>,
  RunCancelEvent | SessionEvent<Named>,
  RunInput | undefined,
  AnyActorRef["system"],
  Event
>;

/**
 * A run of a graph as the logic of an XState actor. The actor is done when the run has ended, however it ended; it is in error where
 * the run could not be started, or nothing can be learned of its end. Its snapshot is data, and holds the run's id: an actor that is
 * restored from it attaches to the same run, which is never started a second time.
 * @throws `step.unknown` for a step of `results` that the graph does not have.
 */
export function toActorLogic<const Named extends Results | undefined = undefined>(
  runtime: Runtime,
  graph: Graph,
  options: RunLogicOptions<Named> = {},
): RunLogic<Named> {
  const { onStop = "cancel" } = options;
  const results = options.results as Named;
  refuseStrangers(graph, results);
  const sessions = new WeakMap<AnyActorRef, RunSession<Named>>();
  return {
    getInitialSnapshot: (_, input) => ({
      status: "active",
      output: undefined,
      error: undefined,
      run: input?.id ?? randomUUID(),
      progress: undefined,
    }),
    start: ({ status, run, progress }, { self, emit }) => {
      if (status !== "active") return;
      const tell = (event: SessionEvent<Named>): void => self.send(event);
      const session = new RunSession({ runtime, graph, results, run, known: progress, tell, emit });
      sessions.set(self, session);
      session.begin();
    },
    transition: (snapshot, event, { self }) => {
      if (snapshot.status !== "active") return snapshot;
      const { run, progress } = snapshot;
      switch (event.type) {
        case "run.cancel":
          void sessions.get(self)?.cancel(event.reason, event.force);
          return snapshot;
        case "runfold.progressed":
          return { ...snapshot, progress: event.progress };
        case "runfold.ended":
          return { status: "done", output: event.output, error: undefined, run, progress };
        case "runfold.failed":
          return { status: "error", output: undefined, error: event.error, run, progress };
        default:
          if (!isStop(event)) return snapshot;
          sessions.get(self)?.leave();
          if (onStop === "cancel") void sessions.get(self)?.cancel("The actor of this run was stopped.", undefined);
          return { status: "stopped", output: undefined, error: undefined, run, progress };
      }
    },
    getPersistedSnapshot: (snapshot) =>
      snapshot.status === "error" ? { ...snapshot, error: plainError(snapshot.error) } : snapshot,
    restoreSnapshot: (persisted) => restored<Named>(persisted),
  };
}

/** Told before any run, which would else do all its work to end in an error. @throws `step.unknown` */
function refuseStrangers({ document }: Graph, results: Results = {}): void {
  const ids = new Set(document.steps.map(({ id }) => id));
  const stranger = Object.values(results).find(({ id }) => !ids.has(id));
  if (stranger === undefined) return;
  const message = `The graph ${document.name} has no step ${quotedText(stranger.id)}, whose output is asked for.`;
  throw new RunfoldError("step.unknown", message, { details: { step: stranger.id } });
}

/** What XState sends to logic whose actor is stopped; it stands in no type. */
function isStop(event: { readonly type: string }): boolean {
  return event.type === "xstate.stop";
}

/** Fields that were undefined are not there after the way through JSON. */
function restored<Named extends Results | undefined>(persisted: Snapshot<unknown>): RunActorSnapshot<Named> {
  if (!("run" in persisted) || typeof persisted.run !== "string") {
    throw new TypeError("A run's actor is restored from a snapshot that such an actor gave; this one names no run.");
  }
  const fields: object = persisted;
  const whole = { output: undefined, error: undefined, progress: undefined, ...fields };
  return whole as unknown as RunActorSnapshot<Named>;
}

/** An error as data. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const code: unknown = "code" in error ? error.code : undefined;
  return { name: error.name, message: error.message, ...(code === undefined ? {} : { code }) };
}
