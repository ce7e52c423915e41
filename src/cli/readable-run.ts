import { adviceOn } from "../surfaces/advice.ts";
import { CommandError } from "./errors.ts";
import { exitCodeOfError } from "./exit-codes.ts";
import { findRun, type OpenRuns } from "./open-journal.ts";
import {
  isRunfoldError,
  memoryJournal,
  openRuntime,
  limits,
  type Commit,
  type Journal,
  type Position,
  type Run,
  type RunfoldError,
} from "../index.ts";

/** What can be read of a run: all of it, or what stands before the first commit that cannot. */
export interface ReadableRun extends AsyncDisposable {
  readonly run: Run;
  /** Holds what can be read of the run, and maybe more runs. */
  readonly journal: Journal;
  /** What keeps the rest from being read. */
  readonly damage: RunfoldError | undefined;
}

/** Whether an error is about what the journal holds, so that what stands before it may be readable all the same. */
export function isDamage(error: unknown): error is RunfoldError {
  return isRunfoldError(error, "journal.corrupt") || isRunfoldError(error, "journal.newer");
}

/**
 * The commits of a run from its first, up to the damage that is then thrown. A page is refused whole for one damaged commit in
 * it, so what stands before that commit is read one by one.
 */
export async function* readableCommits(journal: Journal, id: string): AsyncGenerator<Commit, void> {
  let position: Position = 0;
  let limit: number = limits.readCommitsMax;
  for (;;) {
    let page: readonly Commit[];
    try {
      page = await journal.read(id, position, limit);
    } catch (error) {
      if (!isDamage(error) || limit === 1) throw error;
      limit = 1;
      continue;
    }
    if (page.length === 0) return;
    for (const commit of page) {
      yield commit;
      position = commit.position;
    }
  }
}

/**
 * Finds what can be read of a run. What stands before a damage is copied into a journal in memory, where it is a run like any
 * other.
 * @throws `run.idInvalid`, `run.unknown`; the damage, where nothing stands before it.
 */
export async function readableRun(open: OpenRuns, id: string): Promise<ReadableRun> {
  try {
    const run = await findRun(open, id);
    return { run, journal: open.journal, damage: undefined, [Symbol.asyncDispose]: () => Promise.resolve() };
  } catch (error) {
    if (!isDamage(error)) throw error;
    return await readablePart(open, id, error);
  }
}

/**
 * What stands before a damage that was met, also in the middle of reading: a checkpoint may lead {@link readableRun} past it.
 * @throws the damage, where nothing stands before it.
 */
export async function readablePart(
  { journal: source, artifacts }: OpenRuns,
  id: string,
  met: RunfoldError,
): Promise<ReadableRun> {
  const journal = memoryJournal();
  let position: Position = 0;
  // None by the end where whoever made it has mended it meanwhile.
  let damage: RunfoldError | undefined;
  try {
    for await (const commit of readableCommits(source, id)) {
      await journal.append(id, position, [commit], { summary: { id } });
      position = commit.position;
    }
  } catch (error) {
    if (!isDamage(error)) throw error;
    damage = error;
  }
  const runtime = await openRuntime({ journal, artifacts, recover: false });
  const run = await runtime.get(id);
  if (run === undefined) {
    await runtime.close();
    throw damagedAfter(0, damage ?? met, "");
  }
  return { run, journal, damage, [Symbol.asyncDispose]: () => runtime.close() };
}

/** How a command ends that has given what stands before the damage. `given` says where that went. */
export function damagedAfter(position: Position, damage: RunfoldError, given: string): CommandError {
  const { said, advice } = adviceOn(damage);
  const kept =
    position === 0 ? "Nothing before it can be read." : `Everything up to position ${position} can be read${given}.`;
  const next = damage.code === "journal.corrupt" ? "For the rest, restore the database from a copy." : advice;
  return new CommandError(damage.code, `${said}. ${kept} ${next}`, { exitCode: exitCodeOfError(damage.code) });
}
