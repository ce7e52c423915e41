import { limits } from "../domain/limits.ts";
import { quotedText } from "../domain/quoted-text.ts";
import type { Run, RunSnapshot, StepSnapshot } from "../index.ts";
import type { Action } from "./input-schema.ts";
import type { RunRecord } from "./run-record.ts";
import { teamRun, teamSteps } from "./run-rows.ts";
import { knownOutputs } from "./step-texts.ts";
import { teamCursor } from "./team-cursor.ts";
import { type TeamDetails, teamDetails } from "./team-details.ts";
import { error, type TeamDiagnostic } from "./team-diagnostic.ts";
import type { Session } from "./team-runs.ts";
import type { ToolParts } from "./tool-host.ts";

export interface FoundRun {
  readonly run: Run;
  readonly record: RunRecord;
}

/** A session's run, or the answer that it has none of this id. Of the runs of others it says nothing. */
export async function findRun(
  { runs, recordOf }: ToolParts,
  action: Action,
  session: Session,
  runId: string,
): Promise<FoundRun | TeamDetails> {
  const run = await runs.find(session, runId);
  if (run !== undefined) return { run, record: recordOf(run.id, run.snapshot().life) };
  const { own } = await runs.count(session);
  const shown = own.slice(0, limits.toolRunsNamedMax).map(({ id, status }) => `${id}:${status}`);
  const rest = own.length - shown.length;
  const known = `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  const message = `There is no run ${quotedText(runId)}. Your runs: ${known === "" ? "none" : known}.`;
  const repair = "Give the runId that start answered with; a run that was cleaned up is gone.";
  return teamDetails({ action, error: error("run-not-found", message, { path: "/runId", action, repair }) });
}

export function isFound(found: FoundRun | TeamDetails): found is FoundRun {
  return "record" in found;
}

/** A step of a run by its id, or why there is none. */
export function findStep(run: RunSnapshot, action: Action, stepId: string): StepSnapshot | TeamDiagnostic {
  const step = run.steps.get(stepId);
  if (step !== undefined) return step;
  const ids = Array.from(run.steps, ({ id }) => id);
  const shown = ids.slice(0, limits.toolStepsMax).join(", ");
  const more = ids.length > limits.toolStepsMax ? ` and ${ids.length - limits.toolStepsMax} more` : "";
  const message = `Run ${run.id} has no step ${quotedText(stepId)}. Its steps: ${shown}${more}.`;
  return error("step-not-found", message, { path: "/stepId", action, repair: "Name one of the steps of the run." });
}

export type RunDetails = Pick<TeamDetails, "action" | "run" | "steps" | "cursor" | "diagnostics">;

/** A run as most actions show it, with the cursor of a caller who has seen that. */
export async function runDetails(action: Action, { run, record }: FoundRun): Promise<RunDetails> {
  const snapshot = run.snapshot();
  const rows = await runRows(snapshot, { run, record });
  const cursor = teamCursor(snapshot, { wait: snapshot.position, ...record.page });
  return { action, ...rows, cursor };
}

/** A run and its steps as they are in a snapshot, with all that was found about them. */
export async function runRows(snapshot: RunSnapshot, { run, record }: FoundRun) {
  await record.advance(run, snapshot);
  const outputs = await knownOutputs(run, snapshot, record);
  return { run: teamRun(snapshot), steps: teamSteps(snapshot, record, outputs), diagnostics: record.diagnostics() };
}
