import { isStepEnded } from "../domain/status.ts";
import { isRunfoldError, type Run, type RunSnapshot, type StepSnapshot } from "../index.ts";
import { isCommandStep, outputText } from "../surfaces/output-text.ts";
import { errorMessageOf, type KnownOutput, wireStatus } from "./run-rows.ts";
import type { RunRecord } from "./run-record.ts";
import { type TeamDiagnostic, warning } from "./team-diagnostic.ts";
import type { TeamOutput } from "./team-details.ts";

/** A step's text, whole. */
export interface StepText extends KnownOutput {
  readonly step: StepSnapshot;
  /** Undefined where it could not be read. */
  readonly text: string | undefined;
  readonly problem: TeamDiagnostic | undefined;
}

/**
 * What stands for a step: its answer; of one that failed, what it had written, else why it failed; of one that runs, the newest of what it
 * writes.
 */
export async function stepText(run: Run, step: StepSnapshot, record: RunRecord): Promise<StepText> {
  if (!isStepEnded(step.status)) {
    const { liveText, liveChars, isLiveTextCut } = record.of(step.id);
    const text = isLiveTextCut ? `[only the newest part]\n${liveText}` : liveText;
    return { step, text, chars: liveChars, filePath: undefined, problem: undefined };
  }
  const filePath = await reportPath(run, step, record);
  try {
    const { stored, partial } = await run.result(step.id);
    const kept = stored ?? partial;
    const text =
      kept === undefined
        ? (errorMessageOf(step) ?? "")
        : outputText(await run.load(step.id, kept), isCommandStep(step.definition));
    return { step, text, chars: text.length, filePath, problem: undefined };
  } catch (thrown) {
    // Too large to be loaded, or its artifact was lost: the run can be read all the same.
    if (!isRunfoldError(thrown)) throw thrown;
    const problem = warning("step-output-unreadable", `The text of step ${step.id} cannot be shown: ${thrown.message}`);
    return { step, text: undefined, chars: undefined, filePath, problem };
  }
}

/** The length and the report of every ended step. Each is found out once, however many ask for it, also at the same time. */
export async function knownOutputs(
  run: Run,
  { steps }: RunSnapshot,
  record: RunRecord,
): Promise<Map<string, KnownOutput>> {
  const known = new Map<string, KnownOutput>();
  for (const step of steps) {
    if (!isStepEnded(step.status)) continue;
    const chars = await lengthOf(run, step, record);
    known.set(step.id, { chars, filePath: await reportPath(run, step, record) });
  }
  return known;
}

async function lengthOf(run: Run, step: StepSnapshot, record: RunRecord): Promise<number | undefined> {
  const known = record.lengths.get(step.id);
  if (known !== undefined) return await known;
  const looking = stepText(run, step, record).then(({ chars }) => chars);
  record.lengths.set(step.id, looking);
  try {
    const chars = await looking;
    // What could not be read now may be readable later.
    if (chars === undefined) record.lengths.delete(step.id);
    return chars;
  } catch (thrown) {
    record.lengths.delete(step.id);
    throw thrown;
  }
}

export function teamOutput({ step, chars, filePath }: StepText | (KnownOutput & { step: StepSnapshot })): TeamOutput {
  return {
    stepId: step.id,
    status: wireStatus(step.status),
    ...(filePath === undefined ? {} : { filePath }),
    ...(chars === undefined ? {} : { chars }),
  };
}

async function reportPath(run: Run, { id }: StepSnapshot, record: RunRecord): Promise<string | undefined> {
  const { report } = record.of(id);
  if (report === undefined) return undefined;
  if (record.paths.has(report.name)) return record.paths.get(report.name);
  try {
    const path = await run.artifactPath(report);
    record.paths.set(report.name, path);
    return path;
  } catch (thrown) {
    if (!isRunfoldError(thrown)) throw thrown;
    return undefined;
  }
}
