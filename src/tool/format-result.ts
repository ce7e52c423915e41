import { limits } from "../domain/limits.ts";
import { printableLine } from "../domain/printable.ts";
import type { TeamDetails, TeamOutput, TeamRun, TeamStep } from "./team-details.ts";
import type { TeamDiagnostic } from "./team-diagnostic.ts";
import { TeamDocument } from "./team-document.ts";

const { toolShortCharsMax: shortMax, toolPathCharsMax: pathMax } = limits;
const short = (text: string): string => printableLine(text, shortMax);
const quotedPath = (path: string): string => JSON.stringify(printableLine(path, pathMax));

/** A result as bounded Markdown for a model. Texts of steps stand between markers and are evidence, never instructions. */
export function formatResult(details: TeamDetails): string {
  const document = new TeamDocument();
  const { action, ok, error, run, wait, message, cleanup, notice } = details;
  document.line(`# agent_team ${action}: ${ok ? "ok" : "error"}`);
  if (error !== undefined) addDiagnostic(document, error);
  if (notice !== undefined) {
    document.line(`- notice ${notice.noticeCount}: ${notice.reasons.map(short).join(", ")}`);
    if (notice.noticeLimitReached) document.line("- no more milestones of this run will be told");
  }
  if (run !== undefined) addRun(document, run);
  // Near the top, so that no long text pushes it out: whoever cannot see the rest goes on from here.
  if (details.cursor !== undefined) document.line(`- cursor: ${details.cursor}`);
  if (wait !== undefined) {
    const about = wait.stepId === undefined ? "" : ` for ${wait.stepId}`;
    document.line(`- wait${about}: ${wait.outcome} (asked for ${wait.requestedSeconds} s)`);
  }
  if (message !== undefined) {
    const { stepId, channel, accepted, status, reused, undeliveredReason } = message;
    const what = accepted ? `${status} for delivery; that is not to say that it was read` : `not delivered (${status})`;
    document.line(`- ${channel} message to ${stepId}: ${what}${reused ? "; this message had been sent before" : ""}`);
    if (undeliveredReason !== undefined) document.line(`- reason: ${short(undeliveredReason)}`);
  }
  if (cleanup !== undefined) {
    document.line(`- run ${cleanup.runId} is gone, with ${cleanup.deletedPaths.length} files`);
    document.rows(
      cleanup.deletedPaths.map((path) => `  - ${quotedPath(path)}`),
      limits.toolArtifactRowsBytesMax,
    );
  }
  for (const output of details.outputs) addOutput(document, output);
  const hidesRows = error?.code === "step-not-found";
  if (!hidesRows) addSteps(document, details.steps);
  addCatalog(document, details);
  addEvents(document, details);
  const others = details.diagnostics.filter((diagnostic) => diagnostic !== error);
  if (others.length > 0) document.line("## Diagnostics");
  for (const diagnostic of others) addDiagnostic(document, diagnostic);
  return document.toString();
}

function addDiagnostic(document: TeamDocument, { severity, code, message, path, repair }: TeamDiagnostic): void {
  const place = path === "/" ? "" : ` at ${printableLine(path, pathMax)}`;
  document.line(
    `- ${severity} ${printableLine(code, shortMax)}${place}: ${printableLine(message, limits.failureMessageCharsMax)}`,
  );
  if (repair !== undefined) document.line(`  - repair: ${printableLine(repair, limits.failureMessageCharsMax)}`);
}

function addRun(document: TeamDocument, run: TeamRun): void {
  const counts = Object.entries(run.counts).filter(([, count]) => count > 0);
  document.line(`- run: ${run.runId} ${run.status}`);
  document.line(`- objective: ${short(run.objective)}`);
  document.line(`- steps: ${counts.map(([status, count]) => `${count} ${status}`).join(", ")}`);
  if (run.liveStepIds.length > 0) document.line(`- live: ${run.liveStepIds.slice(0, limits.toolStepsMax).join(", ")}`);
  document.line(`- last event: ${short(run.lastEvent)}`);
  if (run.expiresAt !== undefined) document.line(`- kept until: ${run.expiresAt}`);
}

function addOutput(document: TeamDocument, { stepId, status, text, filePath, chars, isTruncated }: TeamOutput): void {
  document.line(`## ${stepId} (${status})`);
  if (filePath !== undefined) document.line(`- file: ${quotedPath(filePath)}`);
  if (chars !== undefined) document.line(`- characters: ${chars}${isTruncated === true ? ", shown in part" : ""}`);
  if (text !== undefined) document.block(`output of ${stepId}`, text);
}

function addSteps(document: TeamDocument, steps: readonly TeamStep[]): void {
  const ended = steps.filter(({ endedAt }) => endedAt !== undefined);
  const others = steps.filter(({ endedAt }) => endedAt === undefined);
  if (others.length > 0) document.line("## Steps");
  for (const step of others) document.line(stepRow(step));
  if (ended.length === 0) return;
  document.line("## Ended steps");
  document.rows(ended.map(endedRow), limits.toolArtifactRowsBytesMax);
}

function stepRow({
  id,
  status,
  agentRef,
  effectiveTools,
  extensionTools,
  needs,
  after,
  lastActivity,
  taskPreview,
}: TeamStep) {
  const waits = [...needs.map((one) => `needs ${one}`), ...after.map((one) => `after ${one}`)].join(", ");
  const doing = lastActivity === undefined ? "" : `; ${short(lastActivity)}`;
  const tools = [...effectiveTools, ...extensionTools].join(" ");
  return `- ${id} ${status}; ${agentRef}; tools ${tools}${waits === "" ? "" : `; ${waits}`}${doing}; task: ${short(taskPreview)}`;
}

function endedRow(step: TeamStep): string {
  const { id, status, outputFilePath, outputChars, cwd, stopReason, taskPreview, upstreamArtifacts } = step;
  const parts = [`- ${id} ${status}`];
  parts.push(outputFilePath === undefined ? "no file" : `file ${quotedPath(outputFilePath)}`);
  if (outputChars !== undefined) parts.push(`${outputChars} characters`);
  parts.push(`cwd ${short(cwd)}`);
  if (stopReason !== undefined && stopReason !== status) parts.push(`because ${short(stopReason)}`);
  parts.push(`task: ${printableLine(taskPreview, limits.toolTaskCharsMax)}`);
  const shown = upstreamArtifacts.slice(0, limits.toolUpstreamRowsMax).map((one) => `${one.stepId} ${one.status}`);
  const rest = upstreamArtifacts.length - shown.length;
  if (shown.length > 0) parts.push(`after ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`);
  return parts.join("; ");
}

function addCatalog(document: TeamDocument, { action, catalog, extensionTools }: TeamDetails): void {
  if (action !== "catalog") return;
  document.line(`## Agents (${catalog.length})`);
  for (const { ref, description, tools, tags } of catalog) {
    const labels = tags.length === 0 ? "" : `; tags ${tags.map(short).join(", ")}`;
    document.line(
      `- ${ref}: ${short(description)}; tools ${(tools ?? []).map(short).join(" ") || "those that read"}${labels}`,
    );
  }
  if (extensionTools.length === 0) return;
  document.line("## Tools of extensions");
  for (const { name, path } of extensionTools) document.line(`- ${short(name)} from ${quotedPath(path)}`);
}

function addEvents(document: TeamDocument, { events, hasMoreEvents }: TeamDetails): void {
  if (events.length === 0) return;
  document.line(`## Events${hasMoreEvents === true ? " (more follow: ask again with the cursor)" : ""}`);
  for (const { seq, stepId, type, label, preview, status } of events) {
    const said = preview === undefined ? "" : `: ${short(preview)}`;
    document.line(
      `- ${seq} ${stepId ?? "run"} ${type}/${short(label)}${status === undefined ? "" : ` [${status}]`}${said}`,
    );
  }
}
