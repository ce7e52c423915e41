import { isRunEnded } from "../domain/status.ts";
import { isWrittenHere, type BegunRun, type Relation } from "./begun-run.ts";
import type { Invocation } from "./command.ts";
import { CommandError, problemOf } from "./errors.ts";
import { exitCodeOfRun, exitCodes, type ExitCode } from "./exit-codes.ts";
import type { Urgency } from "./interrupt.ts";
import { abandonedText, untilAbandoned } from "../surfaces/owner-state.ts";
import type { Progress } from "./progress.ts";
import { summaryLines } from "./summary.ts";
import { wireRunStatus } from "../surfaces/wire.ts";
import type { Run } from "../index.ts";

/** Where no terminal says how long a line may be. */
const columnsOfFiles = 200;

/**
 * Shows a run until it has ended, or until it is known that it will not. Its exit code.
 * @throws what stopped it before its end
 */
export async function seeThrough(
  { run, relation }: Pick<BegunRun, "run" | "relation">,
  progress: Progress,
  { out, isJson, style, options }: Invocation,
): Promise<ExitCode> {
  const stop = new AbortController();
  try {
    await Promise.race([run.wait({ until: "end" }), untilAbandoned(run, stop.signal)]);
  } catch (error) {
    await progress.finish("stopped");
    throw stopped(run, relation, error);
  } finally {
    stop.abort();
  }
  const ended = run.snapshot();
  if (!isRunEnded(ended.status)) {
    await progress.finish("stopped");
    throw new CommandError("run.abandoned", abandonedText(ended), { exitCode: exitCodes.failed });
  }
  await progress.finish("ended");
  if (isJson) await out.line(JSON.stringify(wireRunStatus(ended)));
  else {
    const db = options.get("db");
    const columns = out.isTTY ? out.columns : columnsOfFiles;
    const lines = await summaryLines(run, typeof db === "string" ? db : undefined, columns, style);
    await out.line(lines.join("\n"));
  }
  return exitCodeOfRun(ended.status);
}

/** Asks runs to end, as often as somebody asks for it. */
export function endRuns(runs: readonly Run[], urgency: Urgency, progress: Progress): void {
  const isForced = urgency === "force";
  const whose = runs.length === 1 ? "its" : "their";
  const text = isForced
    ? `Canceling by force: ${whose} steps are killed.`
    : `Canceling: ${whose} steps are told to stop. Ctrl-C again ends them by force.`;
  progress.note(text);
  progress.hint(text);
  const reason = isForced ? "Interrupted twice." : "Interrupted.";
  // Where the journal refuses, the wait for the run's end says so.
  for (const run of runs) run.cancel({ reason, force: isForced }).catch(() => undefined);
}

/** What was acknowledged before is on the disk, whatever the journal says now. */
function stopped(run: Run, relation: Relation, error: unknown): unknown {
  const { code, message, exitCode } = problemOf(error);
  const { id } = run;
  const told = (text: string): CommandError => new CommandError(code, text, { exitCode: exitCodes.failed });
  if (exitCode === exitCodes.bug) return error;
  if (!isWrittenHere(relation)) return told(`Run ${id} can no longer be followed. ${message}`);
  if (code === "journal.conflict") {
    return told(
      `Run ${id} was taken over by another process; what this one ran of it was ended. Follow it with runfold events ${id} --follow.`,
    );
  }
  const kept = `Everything up to position ${run.snapshot().position} of run ${id} is kept. Its steps were ended.`;
  return told(`The run was stopped before its end. ${message} ${kept}`);
}
