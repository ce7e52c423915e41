import { RunfoldError } from "../domain/errors.ts";
import type { StepId } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { RunEnd } from "../domain/status.ts";
import type { Step } from "../domain/step.ts";
import type { RunSnapshot } from "../projections/run-snapshot.ts";

/** How a run ended. A run that failed is an outcome like any other, not an exception. */
export interface Outcome {
  readonly status: RunEnd;
  readonly run: RunSnapshot;
  /**
   * The output of a step that succeeded, or undefined for one that did not. All steps of a graph of up to
   * `limits.outcomeStepsMax` steps are there; of a larger graph its sinks, and the others through `run.output(step)`.
   * @throws `step.unknown`; `output.notLoaded` for what was left out, also because all of it passed
   * `limits.loadedOutputBytesMax`.
   */
  output<Output>(step: Step<Output>): Output | undefined;
  output(step: StepId): Json | undefined;
}

/** @internal */
export function outcomeOf(run: RunSnapshot, status: RunEnd, outputs: ReadonlyMap<StepId, Json>): Outcome {
  const output = (step: Step | StepId): unknown => {
    const id = typeof step === "string" ? step : step.id;
    const found = run.steps.get(id);
    if (found === undefined) throw unknownStep(run, id);
    if (found.status !== "succeeded") return undefined;
    if (outputs.has(id)) return outputs.get(id);
    const message = `The output of step ${id} was not loaded with the outcome: there was too much. Use run.output(${JSON.stringify(id)}).`;
    throw new RunfoldError("output.notLoaded", message, { details: { run: run.id, step: id } });
  };
  return { status, run, output: output as Outcome["output"] };
}

/** @internal */
export function unknownStep(run: RunSnapshot, id: string): RunfoldError {
  const some = [...run.steps].slice(0, 10).map((step) => step.id);
  const more = run.steps.length > some.length ? `, and ${run.steps.length - some.length} more` : "";
  const message = `Run ${run.id} has no step ${JSON.stringify(id)}. Its steps: ${some.join(", ")}${more}.`;
  return new RunfoldError("step.unknown", message, { details: { run: run.id, step: id } });
}
