import type { GraphDocument } from "../domain/graph-document.ts";
import type { Position, RunId, StepId } from "../domain/ids.ts";
import { evolve } from "../machines/evolve.ts";
import { initialState } from "../machines/run-state.ts";
import type { RunState } from "../machines/run-state.ts";
import { Frontier, handoverOf } from "../projections/frontier.ts";
import type { Handover } from "../projections/frontier.ts";
import type { RunView } from "../projections/run-view.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { Breather } from "./breather.ts";
import { loadCheckpoint } from "./checkpoints.ts";
import { isAtEnd, ownNow, readOwn } from "./read-own.ts";
import { RunStream } from "./run-stream.ts";

/** A run as its next owner needs it: what its machines know, and the views that its handle shows. */
export interface LoadedRun {
  readonly state: RunState;
  readonly stream: RunStream;
  /** Where the checkpoint stands that it was loaded from; 0 without one. */
  readonly checkpointedAt: Position;
}

export interface LoadOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly report: (error: unknown) => void;
  /** Load the run as it was at this position, which must end a commit. Default: as it is. */
  readonly through?: Position;
}

/**
 * Folds a run's journal, from its newest checkpoint if there is one that fits. Undefined for a run that is not there.
 * @throws `run.cleaned` when the id becomes another run's meanwhile; what the journal refuses with.
 */
export async function loadRun(run: RunId, options: LoadOptions): Promise<LoadedRun | undefined> {
  const { journal, clock, report, through = Number.POSITIVE_INFINITY } = options;
  const own = await ownNow(journal, run);
  const saved = through === Number.POSITIVE_INFINITY ? await loadCheckpoint(journal, run, own.life) : undefined;
  const stream = new RunStream(report, saved?.parts);
  const state = saved?.state ?? initialState();
  const checkpointedAt = state.position;
  const breather = new Breather(clock);
  while (state.position < through) {
    await breather.pause();
    const commits = await readOwn(own, state.position);
    const wanted = commits.filter(({ position }) => position <= through);
    if (commits.length === 0 && state.position > 0 && !(await isAtEnd(own, state.position))) continue;
    if (wanted.length === 0) break;
    for (const { events, at } of wanted) for (const event of events) evolve(state, event, at);
    stream.publish(wanted);
  }
  if (state.position === 0) return undefined;
  await fillGaps(journal, run, stream, breather);
  return { state, stream, checkpointedAt };
}

/** A checkpoint keeps no outputs, because the journal has them: those that someone still waits for are read from there. */
async function fillGaps(
  journal: Journal,
  run: RunId,
  { view, frontier, isEnded }: RunStream,
  breather: Breather,
): Promise<void> {
  if (isEnded) return;
  for await (const handover of readHandovers(journal, run, view, frontier.gaps(), breather)) frontier.supply(handover);
}

/** An edited graph may need what nobody waits for any more: it is read again before the fork, and kept until then. */
export async function keepHandovers(
  journal: Journal,
  run: RunId,
  { view, frontier }: RunStream,
  graph: GraphDocument,
  breather: Breather,
): Promise<void> {
  const wanted = Frontier.restore(graph, (step) => {
    return view.step(graph.steps[step]!.id)?.endedAtPosition !== undefined;
  });
  for await (const handover of readHandovers(journal, run, view, wanted.gaps(), breather)) frontier.keep(handover);
}

/** What ended steps hand on, as the journal has it: one reading for each commit, however many of them it ended. */
async function* readHandovers(
  journal: Journal,
  run: RunId,
  view: RunView,
  steps: readonly StepId[],
  breather: Breather,
): AsyncGenerator<Handover, void> {
  const wanted = new Set(steps);
  const positions = steps
    .flatMap((step) => view.step(step)?.endedAtPosition ?? [])
    .toSorted((one, other) => one - other);
  let read: Position = 0;
  for (const position of positions) {
    if (position <= read) continue;
    await breather.pause();
    const [commit] = await journal.read(run, position - 1, 1);
    if (commit === undefined) return;
    read = commit.position;
    for (const event of commit.events) {
      const handover = handoverOf(event);
      if (handover !== undefined && wanted.has(handover.step)) yield handover;
    }
  }
}
