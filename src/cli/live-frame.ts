import { isStepEnded } from "../domain/status.ts";
import { durationText } from "./durations.ts";
import { columnsOf, fitted } from "./printable.ts";
import { saidByStep } from "../surfaces/said.ts";
import { countsText, symbolOf, wordOf } from "./status-look.ts";
import { stepTreeOf, type Branch } from "./step-tree.ts";
import { styleOf, type Style } from "./terminal.ts";
import type { EpochMs, RunSnapshot, StepSnapshot } from "../index.ts";

export interface FrameSpace {
  readonly now: EpochMs;
  readonly columns: number;
  readonly rows: number;
  readonly style: Style;
  /** The last line: what can be done now. */
  readonly hint: string;
}

/** One line of a frame, with the columns that its text takes, so that it can be found again after the terminal was resized. */
export interface FrameLine {
  readonly text: string;
  readonly columns: number;
}

const plain = styleOf(false);
/** Head, counts and hint, and the line below on which the cursor rests. */
const framingLines = 4;

/** The run as it is now, in at most `rows - 1` lines of at most `columns` columns. A pure picture of its arguments. */
export function frameOf(run: RunSnapshot, space: FrameSpace): readonly FrameLine[] {
  const { now, columns, rows, style, hint } = space;
  const room = Math.max(0, rows - framingLines);
  const took = durationText((run.endedAt ?? now) - run.startedAt);
  const head = (s: Style): string =>
    `${symbolOf(run.status, s)} ${s.bold(run.graph.name)} ${run.id} ${wordOf(run.status, s)} ${s.dim(took)}`;
  const counts = (s: Style): string => `  ${countsText(run.counts, s)}`;
  const lines = [marked(head, columns, style), marked(counts, columns, style), ...stepLines(run, room, space)];
  if (hint !== "") lines.push(marked((s) => s.dim(hint), columns, style));
  return lines.slice(0, Math.max(1, rows - 1));
}

function stepLines(run: RunSnapshot, room: number, space: FrameSpace): FrameLine[] {
  if (run.steps.length <= room) {
    return treeOf(run).map(({ step, guide }) => stepLine(run.steps.get(step)!, `  ${guide}`, space));
  }
  return chosenLines(run, room, space);
}

/** With more steps than lines: those that run, then those that ended last, and how many are not shown. */
function chosenLines(run: RunSnapshot, room: number, space: FrameSpace): FrameLine[] {
  const active: StepSnapshot[] = [];
  const ended: StepSnapshot[] = [];
  for (const step of run.steps) {
    if (step.status === "running" || step.retryAt !== undefined) active.push(step);
    else if (isStepEnded(step.status) && step.attempt > 0) keepNewest(ended, step, room);
  }
  const places = Math.max(0, room - 1);
  const runningPlaces = Math.min(active.length, Math.max(places - ended.length, Math.ceil((places * 2) / 3)));
  const shown = [...active.slice(0, runningPlaces), ...ended.slice(0, places - runningPlaces)];
  const lines = shown.map((step) => stepLine(step, "  ", space));
  const others = `  … and ${run.steps.length - shown.length} more steps`;
  if (room > 0) lines.push(marked((s) => s.dim(others), space.columns, space.style));
  return lines;
}

/** Newest first, never more than can be shown: so that a run of many steps costs no sorting of all of them. */
function keepNewest(ended: StepSnapshot[], step: StepSnapshot, most: number): void {
  const position = step.endedAtPosition ?? 0;
  if (ended.length >= most && position <= (ended.at(-1)?.endedAtPosition ?? 0)) return;
  const place = ended.findIndex((other) => (other.endedAtPosition ?? 0) < position);
  ended.splice(place === -1 ? ended.length : place, 0, step);
  if (ended.length > most) ended.pop();
}

function stepLine(step: StepSnapshot, guide: string, { now, columns, style }: FrameSpace): FrameLine {
  const took = tookText(step, now);
  const lead = (s: Style): string => `${s.dim(guide)}${symbolOf(step.status, s)} ${step.id}${s.dim(took)}`;
  const words = fitted(saidByStep(step), columns - columnsOf(lead(plain)) - 2);
  return marked((s) => `${lead(s)}${words === "" ? "" : `  ${s.dim(words)}`}`, columns, style);
}

function tookText(step: StepSnapshot, now: EpochMs): string {
  const { startedAt, status, workedMs, retryAt, attempt } = step;
  const tries = attempt > 1 ? ` #${attempt}` : "";
  if (status === "running" && startedAt !== undefined) return `${tries} ${durationText(workedMs + now - startedAt)}`;
  if (retryAt !== undefined) return `${tries} again in ${durationText(retryAt - now)}`;
  return attempt === 0 ? "" : `${tries} ${durationText(workedMs)}`;
}

/** Marks take no columns, so a line is measured without them; where it is too long it is cut, and loses them. */
function marked(build: (style: Style) => string, columns: number, style: Style): FrameLine {
  const bare = build(plain);
  const cut = fitted(bare, columns);
  return { text: cut === bare ? build(style) : cut, columns: columnsOf(cut) };
}

const trees = new WeakMap<object, readonly Branch[]>();

function treeOf({ graph }: RunSnapshot): readonly Branch[] {
  const known = trees.get(graph);
  if (known !== undefined) return known;
  const tree = stepTreeOf(graph);
  trees.set(graph, tree);
  return tree;
}
