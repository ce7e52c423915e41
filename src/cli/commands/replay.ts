import { positional, textOption, type Execute, type Invocation } from "../command.ts";
import { timeText } from "../durations.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { findRun, openRuns } from "../open-journal.ts";
import { positionIn } from "../position-option.ts";
import { damagedAfter, isDamage, readablePart } from "../readable-run.ts";
import { countsText, wordOf } from "../status-look.ts";
import { headLines, stepLines } from "../status-text.ts";
import type { Style } from "../terminal.ts";
import { wireFrame, wirePast } from "../../surfaces/wire.ts";
import type { Frame, Position, Run } from "../../index.ts";

export const execute: Execute = async (invocation) => {
  await using open = await openRuns(invocation.db, "read");
  const id = positional(invocation, 0);
  const place: Place = { position: 0 };
  try {
    return await show(await findRun(open, id), invocation, place);
  } catch (error) {
    if (!isDamage(error)) throw error;
    await using readable = await readablePart(open, id, error);
    const { run, damage } = readable;
    const position = await showBefore(run, invocation, place);
    if (damage === undefined) return exitCodes.done;
    throw damagedAfter(run.snapshot().position, damage, position);
  }
};

/** How far the frames were printed. */
interface Place {
  position: Position;
}

async function show(run: Run, invocation: Invocation, place: Place): Promise<ExitCode> {
  const at = textOption(invocation, "at");
  await (at === undefined ? showFrames(run, invocation, place) : showPast(run, at, invocation));
  return exitCodes.done;
}

/** Shows what can be shown of a damaged run, and says how that went in the words of {@link damagedAfter}. */
async function showBefore(run: Run, invocation: Invocation, place: Place): Promise<string> {
  const at = textOption(invocation, "at");
  const isBehind = at !== undefined && /^\d+$/.test(at) && Number(at) > run.snapshot().position;
  if (isBehind) return `, which ${at} is not`;
  await show(run, invocation, place);
  return at === undefined ? ", and was printed" : "";
}

async function showPast(run: Run, at: string, { out, isJson, style }: Invocation): Promise<void> {
  const newest = run.snapshot().position;
  const then = await run.stateAt(positionIn(at, newest));
  if (isJson) return out.line(JSON.stringify(wirePast(then, newest)));
  const place = `Position ${then.position} of ${newest}, ${timeText(then.updatedAt)}:`;
  await out.line([place, ...headLines(then, style), ...stepLines(then, "--json shows all", style)].join("\n"));
}

async function showFrames(run: Run, { out, isJson, style }: Invocation, place: Place): Promise<void> {
  for await (const frame of run.replay()) {
    if (frame.position <= place.position) continue;
    await out.line(isJson ? JSON.stringify(wireFrame(frame)) : lineOf(frame, style));
    place.position = frame.position;
  }
}

function lineOf({ position, at, event, state }: Frame, style: Style): string {
  const what = "step" in event && event.step !== undefined ? `${event.type}  ${event.step}` : event.type;
  const counts = countsText(state.counts, style);
  return `${String(position).padStart(6)}  ${style.dim(timeText(at))}  ${what.padEnd(34)}  ${wordOf(state.status, style)}: ${counts}`;
}
