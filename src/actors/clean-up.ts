import { artifactPlace } from "../domain/artifact.ts";
import { cleanedUp } from "./journal-error.ts";
import type { Commit } from "../domain/commit.ts";
import { commitSchema } from "../domain/commit.ts";
import { isRunfoldError, RunfoldError } from "../domain/errors.ts";
import type { RunId, RunLife } from "../domain/ids.ts";
import { decide, isRefusal } from "../machines/decide.ts";
import { isLive } from "../machines/run-state.ts";
import { summaryOf } from "../projections/run-summary.ts";
import type { ArtifactStore, DeletedArtifacts } from "../ports/artifact-store.ts";
import { endAbandoned } from "./abandoned.ts";
import { loadRun } from "./load-run.ts";
import { tenureOf } from "./tenure.ts";
import type { TenureParts } from "./tenure.ts";

interface CleanUpParts extends TenureParts {
  readonly artifacts: ArtifactStore;
}

/**
 * Deletes an ended run, or one whose process is gone, and no later run of the same id. What is about to happen is committed first, so that a crash in between
 * leaves a run that says what it is, and doing it again finishes it.
 * @throws `run.unknown`, `run.live`, `run.cleaned`, `artifact.failed`.
 */
export async function cleanUp(
  parts: CleanUpParts,
  run: RunId,
  life: RunLife,
  reason: string,
): Promise<DeletedArtifacts> {
  const { journal, artifacts, clock } = parts;
  const loaded = await loadRun(run, { journal, clock, report: () => undefined });
  if (loaded === undefined) {
    throw new RunfoldError("run.unknown", `There is no run ${run} to clean up.`, { details: { run } });
  }
  const { state, stream } = loaded;
  if (state.life !== life) throw cleanedUp(run);
  const at = clock.now();
  const tenure = isLive(state) ? await tenureOf(parts, stream.view.snapshot()) : "held";
  if (tenure === "vacant") {
    const before = state.position;
    await journal.append(run, before, endAbandoned(state, reason, at), { summary: summaryOf(state, at), life });
  }
  const expected = state.position;
  const input = { type: "run.clean", reason } as const;
  const decision = decide(state, input, at);
  if (!isRefusal(decision)) {
    const commit: Commit = { schema: commitSchema, position: state.position, at, input, events: decision };
    try {
      await journal.append(run, expected, [commit], { summary: summaryOf(state, at), life });
    } catch (error) {
      // Nothing is appended to an ended run but this: someone else is cleaning it up, or has.
      if (isRunfoldError(error, "journal.conflict")) return unlessGone(cleanUp(parts, run, life, reason));
      throw error;
    }
  } else if (decision.refused === "live") {
    const message = `Run ${run} has not ended, so it cannot be cleaned up. Cancel it first.`;
    throw new RunfoldError("run.live", message, { details: { run } });
  }
  const deletion = await artifacts.delete(artifactPlace(run, life));
  // Someone else may have finished this, and the id been started again: then there is nothing left of ours.
  await journal.delete(run, state.position, life);
  return deletion;
}

/** Passes over that a run is gone already, for whoever wanted it gone. */
export async function unlessGone(cleaning: Promise<DeletedArtifacts>): Promise<DeletedArtifacts> {
  try {
    return await cleaning;
  } catch (error) {
    if (!isRunfoldError(error, "run.unknown") && !isRunfoldError(error, "run.cleaned")) throw error;
    return { deleted: [], left: [] };
  }
}
