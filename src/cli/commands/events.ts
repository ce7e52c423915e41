import { hasOption, positional, textOption, type Execute, type Invocation } from "../command.ts";
import { timeText } from "../durations.ts";
import { CommandError } from "../errors.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { findRun, openRuns } from "../open-journal.ts";
import { abandonedText, untilAbandoned } from "../owner-state.ts";
import { printable } from "../printable.ts";
import type { Style } from "../terminal.ts";
import { wireEvent } from "../wire.ts";
import { activityOf } from "../../projections/activity.ts";
import type { CursoredEvent, Run } from "../../index.ts";

export const execute: Execute = async (invocation) => {
  await using open = await openRuns(invocation.db, "read");
  const run = await findRun(open, positional(invocation, 0));
  // Awaited here: the database is closed when this returns.
  return await (hasOption(invocation, "follow") ? follow(run, invocation) : list(run, invocation));
};

/** The events that there are now. */
async function list(run: Run, invocation: Invocation): Promise<ExitCode> {
  const { position } = run.snapshot();
  for await (const event of eventsOf(run, invocation)) {
    // The last one must not be followed by a wait for the next.
    if (event.position <= position) await print(event, invocation);
    if (event.position >= position) break;
  }
  return exitCodes.done;
}

async function follow(run: Run, invocation: Invocation): Promise<ExitCode> {
  const stop = new AbortController();
  let isAbandoned = false;
  const watch = async (): Promise<void> => {
    await untilAbandoned(run, stop.signal);
    isAbandoned = !stop.signal.aborted && !run.snapshot().isEnded;
    stop.abort();
  };
  void watch();
  for await (const event of eventsOf(run, invocation, stop.signal)) await print(event, invocation);
  if (isAbandoned) {
    throw new CommandError("run.abandoned", abandonedText(run.snapshot()), { exitCode: exitCodes.failed });
  }
  stop.abort();
  return exitCodes.done;
}

function eventsOf(run: Run, invocation: Invocation, signal?: AbortSignal): AsyncIterable<CursoredEvent> {
  const after = textOption(invocation, "after");
  return run.events({ ...(after === undefined ? {} : { after }), ...(signal === undefined ? {} : { signal }) });
}

async function print(event: CursoredEvent, { out, isJson, style }: Invocation): Promise<void> {
  await out.line(isJson ? JSON.stringify(wireEvent(event)) : lineOf(event, style));
}

function lineOf({ position, at, event }: CursoredEvent, style: Style): string {
  const step = "step" in event && event.step !== undefined ? `${event.step}  ` : "";
  return `${String(position).padStart(6)}  ${style.dim(timeText(at))}  ${event.type.padEnd(20)}  ${step}${style.dim(printable(activityOf(event)))}`.trimEnd();
}
