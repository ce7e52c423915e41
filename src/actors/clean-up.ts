import type { Commit } from "../domain/commit.ts";
import { commitSchema } from "../domain/commit.ts";
import { isRunfoldError, RunfoldError } from "../domain/errors.ts";
import type { EpochMs, RunId } from "../domain/ids.ts";
import { decide, isRefusal } from "../machines/decide.ts";
import { evolve } from "../machines/evolve.ts";
import { initialState } from "../machines/run-state.ts";
import type { RunState } from "../machines/run-state.ts";
import { summaryOf } from "../projections/run-summary.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";

/** The fold of a run's whole journal. */
export async function loadState(journal: Journal, run: RunId): Promise<RunState> {
  const state = initialState();
  for (;;) {
    const commits = await journal.read(run, state.position);
    if (commits.length === 0) return state;
    for (const { events, at } of commits) for (const event of events) evolve(state, event, at);
  }
}

/**
 * Deletes an ended run. What is about to happen is committed first, so that a crash in between leaves a run that says what it
 * is, and doing it again finishes it. With `dueAt`, only if the run is the one whose time comes then: its id may be that of
 * another run by now.
 * @throws `run.unknown`, `run.live`, `artifact.failed`.
 */
export async function cleanUp(
  parts: { readonly journal: Journal; readonly artifacts: ArtifactStore; readonly clock: Clock },
  run: RunId,
  reason: string,
  dueAt?: EpochMs,
): Promise<void> {
  const { journal, artifacts, clock } = parts;
  const state = await loadState(journal, run);
  if (dueAt !== undefined && state.phase !== "cleaned" && state.cleanupAt !== dueAt) return;
  if (state.position === 0) {
    throw new RunfoldError("run.unknown", `There is no run ${run} to clean up.`, { details: { run } });
  }
  const expected = state.position;
  const at = clock.now();
  const input = { type: "run.clean", reason } as const;
  const decision = decide(state, input, at);
  if (!isRefusal(decision)) {
    const commit: Commit = { schema: commitSchema, position: state.position, at, input, events: decision };
    try {
      await journal.append(run, expected, [commit], { summary: summaryOf(state, at) });
    } catch (error) {
      // Nothing is appended to an ended run but this: someone else is cleaning it up, or has.
      if (isRunfoldError(error, "journal.conflict")) return cleanUp(parts, run, reason, dueAt);
      throw error;
    }
  } else if (decision.refused === "live") {
    const message = `Run ${run} has not ended, so it cannot be cleaned up. Cancel it first.`;
    throw new RunfoldError("run.live", message, { details: { run } });
  }
  await artifacts.delete(run);
  await journal.delete(run);
}
