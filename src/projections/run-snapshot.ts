import type { Cursor } from "../domain/cursor.ts";
import type { Owner } from "../domain/events.ts";
import type { GraphDocument } from "../domain/graph-document.ts";
import type { EpochMs, Position, RunId, RunLife, StepId } from "../domain/ids.ts";
import type { RunStatus, StepStatus } from "../domain/status.ts";
import { isRunEnded } from "../domain/status.ts";
import type { Usage } from "../domain/usage.ts";
import type { StepList } from "./step-list.ts";
import type { StepSnapshot } from "./step-snapshot.ts";

export type StepCounts = { readonly [Status in StepStatus]: number };

/** What a {@link RunSnapshot} is made of. */
export interface RunFacts {
  readonly id: RunId;
  /** Tells this run from earlier and later ones of the same id. */
  readonly life: RunLife;
  readonly graph: GraphDocument;
  readonly owner: Owner;
  /** How often the run has had an owner, this one included: more than 1 after a crash. */
  readonly epoch: number;
  readonly status: RunStatus;
  readonly position: Position;
  readonly cursor: Cursor;
  readonly startedAt: EpochMs;
  readonly updatedAt: EpochMs;
  readonly endedAt: EpochMs | undefined;
  readonly deadlineAt: EpochMs;
  /** When the run will be cleaned up by itself; known once it has ended, if its graph says so. */
  readonly cleanupAt: EpochMs | undefined;
  readonly cancelReason: string | undefined;
  readonly isCleaned: boolean;
  readonly counts: StepCounts;
  /** What all attempts of all steps asked of models; undefined where none told. */
  readonly usage: Usage | undefined;
  /** One line about the newest event, led by its step if it has one. */
  readonly activity: string;
  /** Steps that no other step names, in declared order: the run's results. */
  readonly sinks: readonly StepId[];
  readonly steps: StepList;
}

export interface RunSnapshot extends RunFacts, RunSnapshotMethods {}

interface RunSnapshotMethods {
  readonly isEnded: boolean;
  readonly canCancel: boolean;
  readonly canClean: boolean;
  /** Steps that are running, in declared order. Looks through all steps: ask once, not per event. */
  runningSteps(): readonly StepSnapshot[];
}

/** One run as it is at a position. Immutable; what has not changed is shared with the snapshot before. */
class Snapshot implements RunSnapshotMethods {
  declare readonly status: RunStatus;
  declare readonly isCleaned: boolean;
  declare readonly steps: StepList;

  constructor(facts: RunFacts) {
    Object.assign(this, facts);
  }

  get isEnded(): boolean {
    return isRunEnded(this.status);
  }

  get canCancel(): boolean {
    return !this.isEnded;
  }

  get canClean(): boolean {
    return this.isEnded && !this.isCleaned;
  }

  runningSteps(): readonly StepSnapshot[] {
    const running: StepSnapshot[] = [];
    for (const step of this.steps) if (step.status === "running") running.push(step);
    return running;
  }
}

export function snapshotOf(facts: RunFacts): RunSnapshot {
  return new Snapshot(facts) as unknown as RunSnapshot;
}
