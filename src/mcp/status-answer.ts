import { ownerStateOf } from "../surfaces/owner-state.ts";
import { saidByEvent, saidByStep } from "../surfaces/said.ts";
import { wireReceipt, wireRun, wireStatus, wireStep } from "../surfaces/wire.ts";
import { limits, type RunSnapshot, type StepSnapshot, type WaitReceipt } from "../index.ts";
import { printableLine } from "../domain/printable.ts";
import type { ToolAnswer } from "./tool.ts";

export interface StatusParts {
  readonly receipt?: WaitReceipt | undefined;
  /** Only this step instead of all. */
  readonly step?: StepSnapshot | undefined;
  /** Said first. */
  readonly note?: string | undefined;
}

const short = (text: string): string => printableLine(text, limits.mcpTextCharsMax);

/** How a run stands, in the form of `runfold status --json`, but bounded: a model has to read it. */
export function statusAnswer(run: RunSnapshot, { receipt, step, note }: StatusParts = {}): ToolAnswer {
  const chosen = step === undefined ? chosenSteps(run) : [step];
  const omittedSteps = step === undefined ? run.steps.length - chosen.length : 0;
  return {
    structured: {
      run: boundedRun(run),
      steps: chosen.map((one) => boundedStep(one, step === undefined)),
      omittedSteps,
      cursor: run.cursor,
      wait: receipt === undefined ? undefined : boundedReceipt(receipt),
      note: note === undefined ? undefined : short(note),
    },
    text: [
      ...(note === undefined ? [] : [short(note)]),
      runLine(run),
      ...chosen.slice(0, limits.mcpLinesMax).map(stepLine),
      ...more(omittedSteps + Math.max(0, chosen.length - limits.mcpLinesMax), "steps"),
      ...(receipt === undefined ? [] : receiptLines(receipt)),
      `Cursor: ${run.cursor}`,
    ].join("\n"),
  };
}

function boundedRun(run: RunSnapshot) {
  const wired = wireRun(run, ownerStateOf(run));
  const { sinks } = wired;
  return {
    ...wired,
    name: short(wired.name),
    objective: short(wired.objective),
    activity: short(wired.activity),
    usage: boundedUsage(wired.usage),
    cancelReason: wired.cancelReason === undefined ? undefined : short(wired.cancelReason),
    sinks: sinks.slice(0, limits.mcpStepsMax),
    omittedSinks: sinks.length > limits.mcpStepsMax ? sinks.length - limits.mcpStepsMax : undefined,
  };
}

/** One that was asked for tells more than one of many. */
export function boundedStep(step: StepSnapshot, isOneOfMany: boolean) {
  const { needs, after, failure, blockedBy, activity, reason, usage, ...rest } = wireStep(step);
  const charsMax = isOneOfMany ? limits.mcpTextCharsMax : limits.mcpMessageCharsMax;
  return {
    ...rest,
    // In a list they would say once more what the graph says.
    needs: isOneOfMany ? undefined : needs?.slice(0, limits.mcpStepsMax),
    after: isOneOfMany ? undefined : after?.slice(0, limits.mcpStepsMax),
    activity: short(activity),
    usage: boundedUsage(usage),
    failure: failure === undefined ? undefined : { ...failure, message: printableLine(failure.message, charsMax) },
    reason: reason === undefined ? undefined : printableLine(reason, charsMax),
    blockedBy: blockedBy?.slice(0, limits.mcpNamesMax),
  };
}

/** The name of the model is what an agent's program says. */
function boundedUsage(usage: RunSnapshot["usage"]) {
  return usage?.model === undefined ? usage : { ...usage, model: short(usage.model) };
}

function boundedReceipt(receipt: WaitReceipt) {
  const { events, event, ...rest } = wireReceipt(receipt);
  void event;
  return {
    ...rest,
    // What an event holds in full is in the page of events.
    events: events.map(({ position, cursor, at }, index) => {
      const fact = receipt.events[index]!.event;
      return { position, cursor, at, type: fact.type, step: stepOf(fact), says: short(saidByEvent(fact)) };
    }),
  };
}

function stepOf(event: object): string | undefined {
  return "step" in event && typeof event.step === "string" ? event.step : undefined;
}

/** Of many steps those first that somebody looks for: what went wrong, what runs, what the run is for. */
function chosenSteps({ steps, sinks }: RunSnapshot): readonly StepSnapshot[] {
  if (steps.length <= limits.mcpStepsMax) return [...steps];
  const isSink = new Set(sinks);
  const groups: StepSnapshot[][] = [[], [], [], [], []];
  for (const step of steps) {
    const group = groups[rankOf(step, isSink)]!;
    if (group.length < limits.mcpStepsMax) group.push(step);
  }
  return groups.flat().slice(0, limits.mcpStepsMax);
}

function rankOf({ id, status }: StepSnapshot, isSink: ReadonlySet<string>): number {
  if (status === "failed" || status === "timedOut") return 0;
  if (status === "running") return 1;
  if (isSink.has(id)) return 2;
  return status === "pending" ? 4 : 3;
}

export function countsWords({ counts, steps }: RunSnapshot): string {
  const { pending, running, timedOut, ...ended } = counts;
  const all = Object.entries({ ...ended, timed_out: timedOut });
  const done = all.reduce((sum, [, count]) => sum + count, 0);
  const parts = all.filter(([, count]) => count > 0).map(([status, count]) => `${count} ${status}`);
  const how = parts.length === 0 ? "" : ` (${parts.join(", ")})`;
  return `${done} of ${steps.length} steps ended${how}, ${running} running, ${pending} pending`;
}

function runLine(run: RunSnapshot): string {
  const gone =
    ownerStateOf(run) === "gone"
      ? " Its process is gone, so nothing happens to it any more: go on with it by run_start with the same graph and id."
      : "";
  return `Run ${run.id} is ${wireStatus(run.status)}: ${countsWords(run)}.${gone}`;
}

function stepLine(step: StepSnapshot): string {
  const said = short(saidByStep(step));
  const status = wireStatus(step.status);
  return `- ${step.id}: ${status}${said === "" || said === status ? "" : `; ${said}`}`;
}

function receiptLines({ woke, events, omittedEvents }: WaitReceipt): string[] {
  const words = { end: "It has ended.", event: "Something happened:", timeout: "Nothing happened." } as const;
  const lines = events
    .slice(0, limits.mcpLinesMax)
    .map(({ position, event }) => `- ${position} ${stepOf(event) ?? "run"}: ${short(saidByEvent(event))}`);
  const rest = omittedEvents + Math.max(0, events.length - limits.mcpLinesMax);
  return [`Since the cursor given: ${words[woke]}`, ...lines, ...more(rest, "events")];
}

function more(count: number, what: string): string[] {
  return count === 0 ? [] : [`- and ${count} more ${what}`];
}
