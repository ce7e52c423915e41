import { systemClock } from "../adapters/clocks/system-clock.ts";
import type { Commit } from "../domain/commit.ts";
import type { RunId } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { Run } from "../index.ts";
import type { Clock } from "../ports/clock.ts";
import { Inspection } from "../projections/inspection/inspection.ts";
import type { InspectOptions, Inspecting, InspectionEnd, Inspector } from "./inspector.ts";
import { refuseUnknownSteps } from "./known-steps.ts";
import { Pace } from "./pace.ts";
import type { Speed } from "./pace.ts";
import { translate } from "./translate.ts";

/**
 * Shows a run in an inspector: what has happened so far, then what happens, as it is committed. The run is not held up: what is sent
 * waits for a turn of the event loop, and an adapter that throws ends the inspection alone.
 * @throws `inspect.invalid` for options that cannot be, `step.unknown` for a picked step that is not there.
 */
export function inspectRun(run: Run, inspector: Inspector, options: InspectOptions = {}): Inspecting {
  const inspection = new Inspection(options, run.id);
  refuseUnknownSteps(run, options.pick);
  return inspecting(inspection, inspector, options, undefined, systemClock(), (signal) => run.commits(signal));
}

export interface InspectJournalOptions extends InspectOptions {
  /** How many times as fast as it happened, a number above 0. Default: all at once. */
  readonly speed?: Speed;
  /** The run's id. Default: that in its first event, which for a fork is the run that it came from. */
  readonly run?: RunId;
  /** What paces by. Default: the system's. */
  readonly clock?: Clock;
}

/**
 * Shows a recorded run in an inspector: the same messages that it gave while it ran. `commits` are those of one run from its first, as
 * `journal.read` gives them; commits that do not follow one another end the inspection with `journal.corrupt`.
 * @throws `inspect.invalid` for options that cannot be.
 */
export function inspectJournal(
  commits: Iterable<Commit> | AsyncIterable<Commit>,
  inspector: Inspector,
  options: InspectJournalOptions = {},
): Inspecting {
  const { speed, run, clock = systemClock() } = options;
  return inspecting(new Inspection(options, run), inspector, options, speed, clock, () => pagesOf(commits));
}

function inspecting(
  inspection: Inspection,
  { adapter }: Inspector,
  { change }: InspectOptions,
  speed: Speed | undefined,
  clock: Clock,
  pages: (signal: AbortSignal) => AsyncIterable<readonly Commit[]>,
): Inspecting {
  const stop = new AbortController();
  const { signal } = stop;
  const pace = new Pace(clock, speed, signal);
  let messages = 0;
  const end = (why: "ended" | "failed", error?: unknown): InspectionEnd => {
    if (signal.aborted) return { why: "stopped", messages };
    return why === "failed" ? { why, messages, error } : { why, messages };
  };
  const ended = translate({
    pages: pages(signal),
    inspection,
    pace,
    clock,
    signal,
    send(message) {
      const sent = change === undefined ? message : change(message);
      if (sent === undefined) return undefined;
      adapter.send(sent);
      messages++;
      return undefined;
    },
  }).then(
    () => end("ended"),
    (error: unknown) => end("failed", error),
  );
  return { stop: () => stop.abort(), ended };
}

async function* pagesOf(commits: Iterable<Commit> | AsyncIterable<Commit>): AsyncGenerator<readonly Commit[], void> {
  let page: Commit[] = [];
  for await (const commit of commits) {
    page.push(commit);
    if (page.length < limits.readCommitsMax) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
