import type { Execute } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { timeText } from "../durations.ts";
import { openRuns, type OpenRuns } from "../open-journal.ts";
import { ownerStateOf } from "../../surfaces/owner-state.ts";
import { printable } from "../printable.ts";
import { symbolOf, wordOf } from "../status-look.ts";
import { styleOf, type Style } from "../terminal.ts";
import { wireSummary, type OwnerState } from "../../surfaces/wire.ts";
import { isRunEnded } from "../../domain/status.ts";
import type { RunSummary } from "../../index.ts";

/** The longest status of a run. */
const statusColumns = "succeeded".length;

export const execute: Execute = async ({ db, isJson, out, err, style }) => {
  await using open = await openRuns(db, "read");
  const summaries = await open.runtime.list();
  const width = summaries.reduce((widest, { id }) => Math.max(widest, id.length), 0);
  for (const summary of summaries) {
    const ownerState = await ownerStateOfSummary(open, summary);
    await out.line(
      isJson ? JSON.stringify(wireSummary(summary, ownerState)) : rowOf(summary, ownerState, width, style),
    );
  }
  if (summaries.length === 0 && !isJson)
    await err.line("There are no runs yet. Start one with runfold run GRAPH.json.");
  return exitCodes.done;
};

/** A summary does not know its owner, so the few runs that have not ended are folded. */
async function ownerStateOfSummary({ runtime }: OpenRuns, { id, status }: RunSummary): Promise<OwnerState | undefined> {
  if (isRunEnded(status)) return undefined;
  const run = await runtime.get(id);
  return run === undefined ? undefined : ownerStateOf(run.snapshot());
}

function rowOf(summary: RunSummary, ownerState: OwnerState | undefined, width: number, style: Style): string {
  const { id, status, steps, startedAt, name, isCleaned } = summary;
  const marks = [
    ...(ownerState === "gone" ? ["its process is gone"] : []),
    ...(isCleaned === true ? ["being cleaned up"] : []),
  ];
  const mark = marks.length === 0 ? "" : style.yellow(` (${marks.join(", ")})`);
  const padding = " ".repeat(Math.max(0, statusColumns - wordOf(status, styleOf(false)).length));
  return [
    `${symbolOf(status, style)} ${id.padEnd(width)}`,
    `${wordOf(status, style)}${padding}`,
    `${steps.ended}/${steps.total} steps`,
    timeText(startedAt),
    `${printable(name)}${mark}`,
  ].join("  ");
}
