import type { Commit } from "../domain/commit.ts";
import { commitSchema } from "../domain/commit.ts";
import { RunfoldError } from "../domain/errors.ts";
import type { EpochMs, RunId, StepId } from "../domain/ids.ts";
import type { Input } from "../domain/inputs.ts";
import { decide, isRefusal } from "../machines/decide.ts";
import { isLive, phaseOf } from "../machines/run-state.ts";
import type { RunState } from "../machines/run-state.ts";
import type { RunStream } from "./run-stream.ts";
import { isVacant } from "./tenure.ts";
import type { TenureParts } from "./tenure.ts";

/** Nobody writes the run any more, so nothing that is asked of it will ever be answered. */
export function abandoned(run: RunId): RunfoldError {
  const message = `Run ${run} has not ended, and the process that wrote it is gone. Take it over with runtime.resume, start its graph again under the same id, or clean it up.`;
  return new RunfoldError("run.abandoned", message, { details: { run } });
}

/**
 * Refuses to wait for a run that nobody writes any more. Its process may have written the end right before it went, and this one be
 * a moment behind: only who has seen all that was written knows.
 * @throws `run.abandoned`; what the journal refuses with.
 */
export async function refuseAbandoned(parts: TenureParts, run: RunId, stream: RunStream): Promise<void> {
  while (!stream.isEnded && stream.failure === undefined && isVacant(parts, stream.view.snapshot())) {
    if ((await parts.journal.head(run)) <= stream.position) throw abandoned(run);
    await nextBatch(stream);
  }
}

/** Resolves when the stream has come further, or has stopped. */
function nextBatch(stream: RunStream): Promise<void> {
  return new Promise((resolve) => {
    const advanced = (): void => {
      stopListening();
      ignoreStop();
      resolve();
    };
    const stopListening = stream.listenBatches({ advanced });
    const ignoreStop = stream.onStop(advanced);
  });
}

/** What the lost process had given to its agents, nobody knows. */
function tellUnknown({ messages }: RunState, step: StepId, take: (input: Input) => void): void {
  const ofStep = messages.ofStep.get(step);
  if (ofStep === undefined) return;
  const reason = "The process that ran the attempt is gone.";
  for (const message of ofStep.open.keys()) {
    take({ type: "message.report", step, attempt: ofStep.attempt, message, outcome: "unknown", reason });
  }
}

/**
 * Ends a run whose process is gone, in the words of its machines: canceled by force, and each attempt that was under way aborted.
 * The state is at its end afterwards.
 */
export function endAbandoned(state: RunState, reason: string, at: EpochMs): readonly Commit[] {
  const commits: Commit[] = [];
  const take = (input: Input): void => {
    const events = decide(state, input, at);
    if (!isRefusal(events)) commits.push({ schema: commitSchema, position: state.position, at, input, events });
  };
  take({ type: "run.cancel", reason, force: true });
  const failure = { kind: "aborted", message: "The process that ran it is gone." } as const;
  for (let step = 0; isLive(state) && step < state.phases.length; step++) {
    const phase = phaseOf(state, step);
    if (phase !== "canceling" && phase !== "timingOut") continue;
    const { id } = state.plan.steps[step]!;
    tellUnknown(state, id, take);
    take({ type: "step.fail", step: id, attempt: state.attempts[step]!, failure, jitter: 0 });
  }
  return commits;
}
