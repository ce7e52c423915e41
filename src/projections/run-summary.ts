import type { EpochMs, RunId, RunLife } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { RunStatus } from "../domain/status.ts";
import type { RunState } from "../machines/run-state.ts";
import { phaseCode, slotsTaken, stepsEnded } from "../machines/run-state.ts";

/** One line about a run, for lists of runs. Kept beside the journal as a cache; a fold of the journal gives the same. */
export interface RunSummary {
  readonly id: RunId;
  readonly life: RunLife;
  readonly name: string;
  readonly objective: string;
  readonly status: RunStatus;
  readonly startedAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly cleanupAt?: EpochMs;
  readonly isCleaned?: true;
  /** It came from a file, and nobody has gone on with it here: then it is not taken over by itself. */
  readonly isImported?: true;
  readonly steps: {
    readonly total: number;
    readonly running: number;
    readonly ended: number;
    readonly succeeded: number;
  };
}

const objectiveCharsMax = 200;

export function summaryOf(state: RunState, at: EpochMs): Json & RunSummary {
  const { plan, phase, counts } = state;
  const isCleaned = phase === "cleaned";
  return {
    id: state.run,
    life: state.life,
    name: plan.name,
    objective: plan.objective.slice(0, objectiveCharsMax),
    status: isCleaned ? state.endedAs : runStatusOf(phase),
    startedAt: state.startedAt,
    updatedAt: at,
    ...(state.cleanupAt === undefined ? {} : { cleanupAt: state.cleanupAt }),
    ...(isCleaned ? { isCleaned } : {}),
    steps: {
      total: plan.steps.length,
      running: slotsTaken(state),
      ended: stepsEnded(state),
      succeeded: counts[phaseCode.succeeded]!,
    },
  };
}

function runStatusOf(phase: Exclude<RunState["phase"], "cleaned">): RunStatus {
  if (phase === "unstarted") return "running";
  return phase === "expiring" ? "canceling" : phase;
}
