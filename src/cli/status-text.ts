import { durationText, timeText } from "./durations.ts";
import { printable } from "./printable.ts";
import { reasonText, saidByStep } from "../surfaces/said.ts";
import { countsText, symbolOf, wordOf } from "./status-look.ts";
import type { Style } from "./terminal.ts";
import type { RunSnapshot, StepSnapshot } from "../index.ts";

/** People are shown so many steps; programs are shown all. */
const stepsShownMax = 200;

/** What there is to say of the run as a whole. */
export function headLines(run: RunSnapshot, style: Style): string[] {
  const took = durationText((run.endedAt ?? run.updatedAt) - run.startedAt);
  const lines = [
    `${symbolOf(run.status, style)} ${style.bold(run.id)} ${wordOf(run.status, style)}: ${printable(run.graph.name)}, started ${timeText(run.startedAt)}, ${took}`,
    `  ${countsText(run.counts, style)}`,
  ];
  if (run.cancelReason !== undefined) lines.push(`  canceled: ${reasonText(run.cancelReason)}`);
  if (!run.isEnded) lines.push(`  process ${run.owner.pid} on ${printable(run.owner.host)}`);
  if (run.cleanupAt !== undefined) lines.push(`  will be cleaned up at ${timeText(run.cleanupAt)}`);
  return [...lines, style.dim(`  cursor ${run.cursor}`)];
}

/** A line for each step, up to a limit; `hint` says how to see the others. */
export function stepLines(run: RunSnapshot, hint: string, style: Style): string[] {
  const lines: string[] = [];
  for (const step of run.steps) {
    if (lines.length === stepsShownMax) {
      lines.push(`  … and ${run.steps.length - stepsShownMax} more steps; ${hint}`);
      break;
    }
    lines.push(lineOf(step, style));
  }
  return lines;
}

function lineOf(step: StepSnapshot, style: Style): string {
  const took = step.attempt === 0 || step.endedAt === undefined ? "" : ` ${durationText(step.workedMs)}`;
  const tries = step.attempt > 1 ? ` #${step.attempt}` : "";
  const said = saidByStep(step);
  return `  ${symbolOf(step.status, style)} ${step.id}${style.dim(`${tries}${took}`)}${said === "" ? "" : `  ${style.dim(said)}`}`;
}

/** All that there is to say of one step. */
export function detailLines(step: StepSnapshot, style: Style): string[] {
  const { definition, failure, retryAt } = step;
  const lines = [lineOf(step, style)];
  if (definition.needs !== undefined) lines.push(`    needs ${definition.needs.join(", ")}`);
  if (definition.after !== undefined) lines.push(`    after ${definition.after.join(", ")}`);
  if (retryAt !== undefined) lines.push(`    will be tried again at ${timeText(retryAt)}`);
  for (const said of failure?.message.split("\n") ?? []) lines.push(`    ${printable(said)}`);
  return lines;
}
