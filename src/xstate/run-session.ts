import { RunfoldError } from "../domain/errors.ts";
import type { Event, Graph, Run, RunId, Runtime } from "../index.ts";
import type { RunOutput, RunProgress, Results } from "./run-snapshot.ts";
import { progressOf } from "./run-snapshot.ts";

/** What a session tells its actor. */
export type SessionEvent<Named extends Results | undefined> =
  | { readonly type: "runfold.progressed"; readonly progress: RunProgress }
  | { readonly type: "runfold.ended"; readonly output: RunOutput<Named> }
  | { readonly type: "runfold.failed"; readonly error: unknown };

export interface SessionParts<Named extends Results | undefined> {
  readonly runtime: Runtime;
  readonly graph: Graph;
  readonly results: Named;
  readonly run: RunId;
  /** How far the run was when it was last looked at; undefined where nobody knows whether it was started. */
  readonly known: RunProgress | undefined;
  readonly tell: (event: SessionEvent<Named>) => void;
  readonly emit: (event: Event) => void;
}

/** One actor's look at one run: from the start, or the attachment, to the run's end or the actor's. */
export class RunSession<Named extends Results | undefined> {
  readonly #parts: SessionParts<Named>;
  readonly #stops: (() => void)[] = [];
  #started: Promise<Run> | undefined;
  #isStopped = false;

  constructor(parts: SessionParts<Named>) {
    this.#parts = parts;
  }

  begin(): void {
    this.#started = this.#attach();
    void this.#follow(this.#started);
  }

  /** Nothing is told any more. The run goes on. */
  leave(): void {
    this.#isStopped = true;
    for (const stop of this.#stops.splice(0)) stop();
  }

  async cancel(reason: string | undefined, force: boolean | undefined): Promise<void> {
    const request = { ...(reason === undefined ? {} : { reason }), ...(force === undefined ? {} : { force }) };
    try {
      await (await this.#started)?.cancel(request);
    } catch {
      // What keeps a run from being canceled ends it, too, and is told as its failure.
    }
  }

  async #follow(started: Promise<Run>): Promise<void> {
    const { tell, emit, known, results } = this.#parts;
    try {
      const run = await started;
      if (this.#isStopped) return;
      const seen = known?.position ?? 0;
      const events = run.events$.subscribe({
        next: ({ position, event }) => {
          if (position > seen) emit(event);
        },
        // What ends the events ends the wait for the outcome, which tells of it.
        error: () => undefined,
      });
      const snapshots = run.snapshot$.subscribe({
        next: (snapshot) => tell({ type: "runfold.progressed", progress: progressOf(snapshot) }),
        error: () => undefined,
      });
      this.#stops.push(
        () => events.unsubscribe(),
        () => snapshots.unsubscribe(),
      );
      const output = await outputOf(run, results);
      if (!this.#isStopped) tell({ type: "runfold.ended", output });
    } catch (error) {
      if (!this.#isStopped) tell({ type: "runfold.failed", error });
    } finally {
      this.leave();
    }
  }

  /** A run that is known to have been started is never started: if it is gone, it is gone. */
  async #attach(): Promise<Run> {
    const { runtime, graph, run, known } = this.#parts;
    if (known !== undefined) {
      const snapshot = (await runtime.get(run))?.snapshot();
      if (snapshot === undefined || snapshot.isCleaned || snapshot.life !== known.life) {
        const message = `Run ${run}, which this actor was attached to, has been cleaned up.`;
        throw new RunfoldError("run.cleaned", message, { details: { run } });
      }
    }
    return await runtime.start(graph, { id: run });
  }
}

async function outputOf<Named extends Results | undefined>(run: Run, results: Named): Promise<RunOutput<Named>> {
  const { status, run: snapshot } = await run.outcome();
  const named = results === undefined ? snapshot.sinks.map((id) => [id, id] as const) : Object.entries(results);
  const outputs: [string, unknown][] = [];
  for (const [name, step] of named) {
    const id = typeof step === "string" ? step : step.id;
    // What did not succeed has no output; of a sink not even the name is given.
    const output = await run.output(id);
    if (output !== undefined || results !== undefined) outputs.push([name, output]);
  }
  return { run: run.id, status, outputs: Object.fromEntries(outputs) as RunOutput<Named>["outputs"] };
}
