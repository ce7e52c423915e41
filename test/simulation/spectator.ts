import type { CursoredEvent } from "../../src/actors/run-events.ts";
import type { Run } from "../../src/actors/run.ts";
import type { RunSnapshot } from "../../src/projections/run-snapshot.ts";
import { isRunfoldError } from "../../src/domain/errors.ts";
import type { DurableRun } from "./durable-run.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { GivenCursor, World } from "./world.ts";

/** What a reader does at one of the events that it sees, from within. */
export interface Reaction {
  readonly at: number;
  readonly act: (leave: () => void) => unknown;
}

const cursorsMax = 40;

/** The life that a handle is about; everything that it shows must be of that very one. */
function truthOf(world: World, { life, id }: RunSnapshot): DurableRun | undefined {
  const truth = world.store.lives.get(life);
  if (truth === undefined) world.broken(`law 1: somebody saw a run ${id} of life ${life}, which the journal never had`);
  return truth;
}

/** What a handle shows is the run that it is a handle of, and what the journal says. */
export function checkHandle(world: World, run: Run): void {
  const snapshot = run.snapshot();
  if (snapshot.id !== run.id) world.broken(`law 1: the handle of ${run.id} shows ${snapshot.id}`);
  checkSnapshot(world, snapshot);
}

/** A snapshot shows what the journal says, byte for byte. */
export function checkSnapshot(world: World, snapshot: RunSnapshot): void {
  const truth = truthOf(world, snapshot);
  if (truth === undefined) return;
  const { id, position, cursor, life } = snapshot;
  const expected = truth.snapshotAt(position);
  const shown = JSON.stringify(snapshot);
  if (shown !== expected)
    world.broken(`law 5: a snapshot of ${id} at ${position} shows\n${shown}\nand not\n${expected}`);
  give(world, { run: id, life, position, cursor });
}

/** An event that somebody sees is on the disk, at that very place. */
export function checkEvent(
  world: World,
  process: SimulatedProcess,
  run: Run,
  { position, event, cursor }: CursoredEvent,
): void {
  const { life, id } = run.snapshot();
  const truth = truthOf(world, run.snapshot());
  if (truth === undefined) return;
  const shown = JSON.stringify(event);
  const expected = JSON.stringify(truth.events[position - 1]);
  if (shown !== expected) world.broken(`law 1: ${id} at ${position} was seen as ${shown}, and is ${expected}`);
  // A handle whose process lost the run, or its journal, shows no more; a reader still gets what is there.
  const hasStopped = process.lost.has(life) || process.failures > 0 || process.isClosing || truth.isDeleted;
  if (position > run.snapshot().position && !hasStopped) {
    world.broken(`law 5: ${id} at ${position} was seen before it was in the snapshot`);
  }
  give(world, { run: id, life, position, cursor });
}

function give(world: World, cursor: GivenCursor): void {
  if (world.cursors.length < cursorsMax) world.cursors.push(cursor);
  else world.cursors[world.chance.below(cursorsMax)] = cursor;
}

/** Reads a run's events from a cursor, or from the beginning, up to its end. */
export async function readAll(
  world: World,
  process: SimulatedProcess,
  run: Run,
  { given, reaction }: { readonly given?: GivenCursor | undefined; readonly reaction?: Reaction | undefined },
): Promise<void> {
  const { life } = run.snapshot();
  let position = given?.position ?? 0;
  let seen = 0;
  let hasLeft = false;
  const leave = (): void => void (hasLeft = true);
  try {
    for await (const recorded of run.events(given === undefined ? {} : { after: given.cursor })) {
      if (process.isDead) return world.broken("a dead process saw something");
      if (given !== undefined && given.life !== life)
        return world.broken(`law 1: ${run.id} took a cursor of another run`);
      checkEvent(world, process, run, recorded);
      if (recorded.position !== position + 1) {
        world.broken(`law 1: a reader of ${run.id} saw ${recorded.position} after ${position}`);
      }
      position = recorded.position;
      seen++;
      if (reaction?.at === seen) await reaction.act(leave);
      if (hasLeft) return;
    }
    if (!world.store.lives.get(life)!.isEnded) world.broken(`law 10: reading ${run.id} ended before the run`);
  } catch (error) {
    if (isRunfoldError(error, "cursor.invalid") && given?.life === life && !isGone(world, life)) {
      world.broken(`law 1: ${run.id} refused the cursor of its position ${given.position}`);
    }
    throw error;
  }
}

/** Whoever is gone cannot be held to what its handles once promised. */
export function isGone(world: World, life: string): boolean {
  return world.store.lives.get(life)?.isDeleted !== false;
}

/** Subscribes to a run's events or snapshots. */
export function watch(
  world: World,
  process: SimulatedProcess,
  run: Run,
  kind: "events" | "snapshots",
  reaction: Reaction | undefined,
): void {
  let seen = 0;
  let hasLeft = false;
  const react = (): unknown => {
    seen++;
    if (hasLeft) world.broken(`law 8: a subscriber of ${run.id} that had left was told of something`);
    return reaction?.at === seen ? reaction.act(leave) : undefined;
  };
  const leaving: (() => void)[] = [];
  const leave = (): void => {
    hasLeft = true;
    for (const stop of leaving) stop();
  };
  const error = (reason: unknown): void => {
    if (!isRunfoldError(reason)) world.broken(`law 10: a subscriber of ${run.id} got ${String(reason)}`);
  };
  if (kind === "events") {
    let position = 0;
    const next = (recorded: CursoredEvent): unknown => {
      checkEvent(world, process, run, recorded);
      if (recorded.position !== ++position) {
        world.broken(`law 8: a subscriber of ${run.id} saw ${recorded.position} at place ${position}`);
      }
      return react();
    };
    const subscription = run.events$.subscribe({ next, error });
    leaving.push(() => subscription.unsubscribe());
    return;
  }
  let position = 0;
  const next = (snapshot: RunSnapshot): unknown => {
    checkSnapshot(world, snapshot);
    if (snapshot.position < position) world.broken(`law 5: snapshots of ${run.id} went back`);
    position = snapshot.position;
    return react();
  };
  const subscription = run.snapshot$.subscribe({ next, error });
  leaving.push(() => subscription.unsubscribe());
  if (hasLeft) subscription.unsubscribe();
}
