import { isRunEnded } from "../domain/status.ts";
import { spilledAt } from "../domain/stored-output.ts";
import { durationText } from "./durations.ts";
import { isCommandStep, outputText } from "../surfaces/output-text.ts";
import { fitted, printable } from "./printable.ts";
import { saidByStep } from "../surfaces/said.ts";
import { shellWord } from "./shell-word.ts";
import { countsText, symbolOf, wordOf } from "./status-look.ts";
import type { Style } from "./terminal.ts";
import type { Run, RunSnapshot, StepResult, StepSnapshot } from "../index.ts";

/** Of each kind so many are shown; the others are counted. */
const failedShownMax = 10;
const sinksShownMax = 5;
const previewLinesMax = 3;

/** What is left on the screen of a run that has ended: how, what failed, what came out, and where to look next. */
export async function summaryLines(run: Run, db: string | undefined, columns: number, style: Style): Promise<string[]> {
  const now = run.snapshot();
  const took = durationText((now.endedAt ?? now.updatedAt) - now.startedAt);
  const status = `${symbolOf(now.status, style)} Run ${now.id} ${isRunEnded(now.status) ? "ended:" : "is"} ${wordOf(now.status, style)}`;
  const look = (step: string): string =>
    `runfold result ${now.id} ${step}${db === undefined ? "" : ` --db ${shellWord(db)}`}`;
  const failed = unsuccessful(now);
  const sinks = now.sinks.filter((id) => now.steps.get(id)?.status === "succeeded");
  const lines = [`${status} after ${took}. ${countsText(now.counts, style)}.`];
  for (const step of failed.slice(0, failedShownMax)) {
    lines.push(
      `  ${symbolOf(step.status, style)} ${step.id}: ${fitted(whyOf(step), Math.max(20, columns - step.id.length - 6))}`,
    );
  }
  if (failed.length > failedShownMax) lines.push(`  … and ${failed.length - failedShownMax} more`);
  for (const id of sinks.slice(0, sinksShownMax)) {
    lines.push(
      `  ${style.bold(id)} gave:`,
      ...previewOf(await run.result(id), columns - 4).map((line) => `    ${line}`),
    );
  }
  if (sinks.length > sinksShownMax) lines.push(`  … and ${sinks.length - sinksShownMax} more results`);
  const next = failed.find(({ status: ended }) => ended === "failed" || ended === "timedOut")?.id ?? sinks[0];
  if (next !== undefined) lines.push(`Look next: ${look(next)}`);
  return lines;
}

/** Steps that failed first: those that were blocked follow from them. */
function unsuccessful(run: RunSnapshot): readonly StepSnapshot[] {
  const causes: StepSnapshot[] = [];
  const others: StepSnapshot[] = [];
  for (const step of run.steps) {
    if (step.status === "failed" || step.status === "timedOut") causes.push(step);
    else if (step.status === "blocked" || (step.status === "canceled" && step.attempt > 0)) others.push(step);
  }
  return [...causes, ...others];
}

function whyOf(step: StepSnapshot): string {
  const { failure, status } = step;
  return failure !== undefined && status !== "blocked" ? printable(failure.message) : saidByStep(step);
}

/** The beginning of an output as people would read it. */
export function previewOf({ step, stored }: StepResult, columns: number): string[] {
  const isCommand = isCommandStep(step.definition);
  const spilled =
    stored === undefined ? undefined : (spilledAt(stored, isCommand ? "/stdout" : "") ?? spilledAt(stored, ""));
  if (spilled !== undefined) return [`(${spilled.artifact.bytes} bytes, kept as ${spilled.artifact.name})`];
  const text = outputText(stored?.value ?? null, isCommand);
  const lines = text
    .slice(0, 10_000)
    .split("\n")
    .filter((line) => line.trim() !== "");
  if (lines.length === 0) return ["(nothing)"];
  const shown = lines
    .slice(0, previewLinesMax)
    .map((line) => fitted(printable(line.slice(0, 1_000)), Math.max(20, columns)));
  if (lines.length > shown.length) shown.push("…");
  return shown;
}
