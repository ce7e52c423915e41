import { RunfoldError } from "../domain/errors.ts";
import type { Run, StepId } from "../index.ts";

/** A step that is picked and is not there would be missing without a word. @throws `step.unknown` */
export function refuseUnknownSteps(run: Run, pick: readonly StepId[] = []): void {
  if (pick.length === 0) return;
  const { steps } = run.snapshot();
  const unknown = pick.find((id) => steps.get(id) === undefined);
  if (unknown === undefined) return;
  const message = `Run ${run.id} has no step ${JSON.stringify(unknown)} that could be shown.`;
  throw new RunfoldError("step.unknown", message, { details: { run: run.id, step: unknown } });
}
