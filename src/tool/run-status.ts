import { cursorAt } from "../domain/cursor.ts";
import { limits } from "../domain/limits.ts";
import { isRunfoldError, type RunSnapshot } from "../index.ts";
import { isStepEnded } from "../domain/status.ts";
import { boundTexts } from "./bound-text.ts";
import { eventPage } from "./event-page.ts";
import { findRun, findStep, type FoundRun, isFound, runDetails, runRows } from "./found-run.ts";
import { knownOutputs, stepText, teamOutput } from "./step-texts.ts";
import { placeOf, type ReadingPlace, teamCursor } from "./team-cursor.ts";
import { type TeamDetails, teamDetails, type TeamOutput, type TeamWait } from "./team-details.ts";
import { error, type TeamDiagnostic, warning } from "./team-diagnostic.ts";
import type { ToolCall, ToolParts } from "./tool-host.ts";
import { RunWatch } from "./watch-run.ts";

export interface StatusInput {
  readonly runId: string;
  readonly cursor?: string;
  readonly stepId?: string;
  readonly waitSeconds?: number;
  readonly maxBytes?: number;
  readonly preview?: boolean;
  readonly debugEvents?: boolean;
}

/**
 * How a run stands, at once or after a bounded wait for news. The cursor of the answer is where the next wait goes on; without one, a
 * wait goes on where the last answer about this run was given, so nothing falls between two of them.
 */
export async function runStatus(parts: ToolParts, call: ToolCall<StatusInput>): Promise<TeamDetails> {
  const action = "run_status";
  const { input, signal, session } = call;
  const found = await findRun(parts, action, session, input.runId);
  if (!isFound(found)) return found;
  const { run, record } = found;
  const refused = async (problem: TeamDiagnostic): Promise<TeamDetails> =>
    teamDetails({ ...(await runDetails(action, found)), error: problem });
  if (input.stepId !== undefined) {
    const step = findStep(run.snapshot(), action, input.stepId);
    if ("severity" in step) return await refused(step);
  }
  const place = placeIn(input, found);
  if ("severity" in place) return await refused(place);

  const watching = call.onUpdate === undefined ? undefined : new RunWatch(run, call.onUpdate);
  const wait = await waitFor(found, input, place, signal).finally(() => watching?.end());
  const unwatched = watching?.end();
  const snapshot = run.snapshot();
  const rows = await runRows(snapshot, found);
  const page = input.debugEvents === true ? await pageOf(found, snapshot, input, place) : undefined;
  const next = page?.next ?? { ...place, wait: snapshot.position };
  // Answers at the same time may be given in any order; what was told once stays told.
  record.told = Math.max(record.told, snapshot.position);
  record.page = { page: next.page, base: next.base, filter: next.filter };
  const cursor = teamCursor(snapshot, next);
  const { outputs, problems } = await outputsOf(found, snapshot, input);
  const diagnostics = [...rows.diagnostics, ...problems, ...(unwatched === undefined ? [] : [unwatched])];
  if (input.stepId !== undefined && input.preview === true) {
    const message = "stepId says what to wait for and which events to list; it selects no text.";
    const repair = "Ask for the text of one step with step_result.";
    diagnostics.push(warning("run-status-step-preview-ignored", message, { path: "/stepId", action, repair }));
  }
  return teamDetails({
    action,
    ...rows,
    diagnostics,
    cursor,
    outputs,
    ...(page === undefined ? {} : { events: page.events, hasMoreEvents: page.hasMore }),
    ...(wait === undefined ? {} : { wait: { ...wait, cursorAfter: cursor } }),
  });
}

function placeIn({ cursor }: StatusInput, { run, record }: FoundRun): ReadingPlace | TeamDiagnostic {
  if (cursor === undefined) return { wait: record.told, ...record.page };
  try {
    return placeOf(cursor, run.snapshot());
  } catch (thrown) {
    if (!isRunfoldError(thrown, "cursor.invalid")) throw thrown;
    const repair = "Leave cursor out to begin anew, or give the cursor of an earlier reply about this run unchanged.";
    return error("cursor-invalid", thrown.message, { path: "/cursor", action: "run_status", repair });
  }
}

async function waitFor(
  { run }: FoundRun,
  { waitSeconds, stepId, cursor }: StatusInput,
  place: ReadingPlace,
  signal: AbortSignal | undefined,
): Promise<Omit<TeamWait, "cursorAfter"> | undefined> {
  if (waitSeconds === undefined) return undefined;
  const { life } = run.snapshot();
  const after = cursorAt(run.id, life, place.wait);
  const about = {
    requestedSeconds: waitSeconds,
    ...(stepId === undefined ? {} : { stepId }),
    cursorBefore: cursor ?? after,
  };
  try {
    const step = stepId === undefined ? {} : { step: stepId };
    const heard = signal === undefined ? {} : { signal };
    const receipt = await run.wait({ after, timeoutMs: waitSeconds * 1_000, ...step, ...heard });
    if (receipt.run.isEnded) return { ...about, outcome: "terminal" };
    if (receipt.woke === "timeout") return { ...about, outcome: "timeout" };
    return { ...about, outcome: receipt.isImmediate ? "already-material" : "material-event" };
  } catch (thrown) {
    // Whoever gave the call up hears no answer; the run goes on.
    if (signal?.aborted === true && thrown === signal.reason) return { ...about, outcome: "aborted" };
    throw thrown;
  }
}

/** Events from where the caller has come to with this filter; without a cursor from the beginning. */
async function pageOf(found: FoundRun, snapshot: RunSnapshot, input: StatusInput, place: ReadingPlace) {
  const { stepId: filter, cursor, maxBytes = limits.toolReplyBytesDefault } = input;
  const isSame = place.filter === filter;
  const base = cursor === undefined ? 0 : place.base;
  const after = cursor !== undefined && isSame ? place.page : base;
  const { events, position, hasMore } = await eventPage(found.run, snapshot, after, filter, maxBytes);
  const next: ReadingPlace = { wait: position, page: position, base: filter === undefined ? position : base, filter };
  return { events, hasMore, next };
}

/** The results that there are; with `preview`, their texts within the budget. */
async function outputsOf(
  { run, record }: FoundRun,
  snapshot: RunSnapshot,
  { preview, maxBytes = limits.toolReplyBytesDefault }: StatusInput,
): Promise<{ outputs: TeamOutput[]; problems: TeamDiagnostic[] }> {
  const steps = snapshot.sinks.map((id) => snapshot.steps.get(id)!).filter(({ status }) => isStepEnded(status));
  if (preview !== true) {
    const known = await knownOutputs(run, snapshot, record);
    return { outputs: steps.map((step) => teamOutput({ step, ...known.get(step.id)! })), problems: [] };
  }
  const rows: TeamOutput[] = [];
  const texts: string[] = [];
  const problems: TeamDiagnostic[] = [];
  for (const step of steps) {
    const found = await stepText(run, step, record);
    rows.push(teamOutput(found));
    // Of a long text no more is held than can be shown.
    texts.push((found.text ?? "").slice(0, maxBytes + 1));
    if (found.problem !== undefined) problems.push(found.problem);
  }
  const bounded = boundTexts(texts, maxBytes);
  return { outputs: rows.map((row, index) => ({ ...row, ...bounded[index]! })), problems };
}
