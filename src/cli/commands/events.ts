import { hasOption, positional, textOption, type Execute, type Invocation } from "../command.ts";
import { timeText } from "../durations.ts";
import { CommandError } from "../errors.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { findRun, openRuns, type OpenRuns } from "../open-journal.ts";
import { abandonedText, untilAbandoned } from "../../surfaces/owner-state.ts";
import { damagedAfter, isDamage, readablePart } from "../readable-run.ts";
import { saidByEvent } from "../../surfaces/said.ts";
import type { Style } from "../terminal.ts";
import { wireEvent } from "../../surfaces/wire.ts";
import { isRunfoldError, type CursoredEvent, type Position, type Run, type RunfoldError } from "../../index.ts";

export const execute: Execute = async (invocation) => {
  await using open = await openRuns(invocation.db, "read");
  const id = positional(invocation, 0);
  const place: Place = { position: 0, after: textOption(invocation, "after") };
  try {
    const run = await findRun(open, id);
    return await (hasOption(invocation, "follow") ? follow(run, invocation, place) : list(run, invocation, place));
  } catch (error) {
    if (!isDamage(error)) throw error;
    return await listReadable(open, error, id, invocation, place);
  }
};

/** How far the events were printed, and the cursor after which they begin. */
interface Place {
  position: Position;
  readonly after: string | undefined;
}

/**
 * The events before the damage that were not printed yet.
 * @throws the damage
 */
async function listReadable(
  open: OpenRuns,
  met: RunfoldError,
  id: string,
  invocation: Invocation,
  place: Place,
): Promise<ExitCode> {
  await using readable = await readablePart(open, id, met);
  const { run, damage } = readable;
  let given = ", and was printed";
  try {
    await list(run, invocation, place);
  } catch (error) {
    // A cursor of this run that is none of what can be read stands behind the damage.
    if (damage === undefined || !isRunfoldError(error, "cursor.invalid")) throw error;
    given = ", but --after names no place in it";
  }
  // Without damage by now: whoever made it has mended it.
  if (damage === undefined) return exitCodes.done;
  throw damagedAfter(run.snapshot().position, damage, given);
}

/** The events that there are now. */
async function list(run: Run, invocation: Invocation, place: Place): Promise<ExitCode> {
  const { position, cursor } = run.snapshot();
  // After the last one there is nothing but a wait for the next.
  if (place.after === cursor) return exitCodes.done;
  for await (const event of eventsOf(run, invocation)) {
    // The last one must not be followed by a wait for the next.
    const isNew = event.position > place.position && event.position <= position;
    if (isNew) await print(event, invocation);
    if (isNew) place.position = event.position;
    if (event.position >= position) break;
  }
  return exitCodes.done;
}

async function follow(run: Run, invocation: Invocation, place: Place): Promise<ExitCode> {
  const stop = new AbortController();
  let isAbandoned = false;
  const watch = async (): Promise<void> => {
    await untilAbandoned(run, stop.signal);
    isAbandoned = !stop.signal.aborted && !run.snapshot().isEnded;
    stop.abort();
  };
  void watch();
  for await (const event of eventsOf(run, invocation, stop.signal)) {
    await print(event, invocation);
    place.position = event.position;
  }
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
  return `${String(position).padStart(6)}  ${style.dim(timeText(at))}  ${event.type.padEnd(20)}  ${step}${style.dim(saidByEvent(event))}`.trimEnd();
}
