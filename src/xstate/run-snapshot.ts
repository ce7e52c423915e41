import type { Snapshot } from "xstate";
import type {
  Json,
  OutputOf,
  Position,
  RunEnd,
  RunId,
  RunSnapshot,
  RunStatus,
  Step,
  StepCounts,
  StepId,
} from "../index.ts";

export interface RunInput {
  /** Names the run: the same id is the same run, also when the machine is started once more. Default: a new unique id. */
  readonly id?: RunId;
}

/** What can be said to the actor of a run. */
export interface RunCancelEvent {
  readonly type: "run.cancel";
  readonly reason?: string;
  /** Give its steps no time to end by themselves. */
  readonly force?: boolean;
}

/** How far a run is, as data that can be kept. */
export interface RunProgress {
  /** Tells this run from earlier and later ones of the same id. */
  readonly life: string;
  readonly status: RunStatus;
  readonly position: Position;
  readonly counts: StepCounts;
  /** One line about what happened last. */
  readonly activity: string;
}

/** Steps whose outputs the actor gives, by the names under which it gives them. */
export type Results = Readonly<Record<string, Step>>;

/** The outputs of steps that succeeded: of those that were named, or else of the run's sinks. */
export type RunOutputs<Named extends Results | undefined> = Named extends Results
  ? { readonly [Name in keyof Named]: OutputOf<Named[Name]> | undefined }
  : Readonly<Record<StepId, Json>>;

/** How a run ended. One that failed is an output like any other: `status` tells. */
export interface RunOutput<Named extends Results | undefined = undefined> {
  readonly run: RunId;
  readonly status: RunEnd;
  readonly outputs: RunOutputs<Named>;
}

/** The actor's snapshot. `run` is known from the first on; `progress` once the run is known to have started. */
export type RunActorSnapshot<Named extends Results | undefined = undefined> = Snapshot<RunOutput<Named>> & {
  readonly run: RunId;
  readonly progress: RunProgress | undefined;
};

export function progressOf({ life, status, position, counts, activity }: RunSnapshot): RunProgress {
  return { life, status, position, counts, activity };
}
