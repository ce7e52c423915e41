import { hasOption, positional, textOption, type Execute, type Invocation } from "../command.ts";
import { CommandError, diagnosticLines, problemOf } from "../errors.ts";
import { exitCodeOfRun, exitCodes, type ExitCode } from "../exit-codes.ts";
import { Interrupt, type Urgency } from "../interrupt.ts";
import { checkRunId } from "../open-journal.ts";
import { abandonedText, untilAbandoned } from "../owner-state.ts";
import { showProgress, type Progress } from "../progress.ts";
import { printable } from "../printable.ts";
import { readGraph } from "../read-graph.ts";
import { startRun, type Relation, type StartRequest } from "../start-run.ts";
import { summaryLines } from "../summary.ts";
import { wireRunStatus } from "../wire.ts";
import { isRunEnded } from "../../domain/status.ts";
import type { Run } from "../../index.ts";

/** Where no terminal says how long a line may be. */
const columnsOfFiles = 200;

export const execute: Execute = async (invocation) => {
  const id = textOption(invocation, "id");
  if (id !== undefined) checkRunId(id);
  const { graph, warnings } = await readGraph(positional(invocation, 0));
  for (const warning of warnings) await invocation.err.line(diagnosticLines(warning).join("\n"));
  const request: StartRequest = { graph, id, db: invocation.db, root: textOption(invocation, "root") };
  if (hasOption(invocation, "detach")) {
    const { startInBackground } = await import("../background-parent.ts");
    return startInBackground(request, invocation);
  }
  return runHere(request, invocation);
};

async function runHere(request: StartRequest, invocation: Invocation): Promise<ExitCode> {
  const interrupt = new Interrupt();
  interrupt.listen();
  let progress: Progress | undefined;
  const { runtime, run, relation } = await startRun({
    ...request,
    onDiagnostic: ({ code, message }) => {
      const text = printable(`runfold: ${code}: ${message}`);
      if (progress === undefined) void invocation.err.line(text);
      else progress.note(text);
    },
  });
  try {
    if (!invocation.isJson) await invocation.out.line(`Run ${run.id}`);
    await tellRelation(relation, run, invocation);
    const shown = showProgress(run, invocation);
    progress = shown;
    interrupt.attach((urgency) => end(run, urgency, shown));
    return await seeThrough(run, relation, shown, invocation);
  } finally {
    await runtime.close();
    interrupt.close();
  }
}

async function tellRelation(relation: Relation, run: Run, { err }: Invocation): Promise<void> {
  const { owner, status } = run.snapshot();
  if (relation === "abandoned") throw abandoned(run);
  if (relation === "ended") await err.line(`Run ${run.id} had already ended: ${status}. It is not started again.`);
  if (relation === "elsewhere") {
    await err.line(
      `Run ${run.id} is run by process ${owner.pid} on ${owner.host}; this follows it. Ctrl-C cancels it there.`,
    );
  }
}

function end(run: Run, urgency: Urgency, progress: Progress): void {
  const isForced = urgency === "force";
  const text = isForced
    ? "Canceling by force: its steps are killed."
    : "Canceling: its steps are told to stop. Ctrl-C again ends them by force.";
  progress.note(text);
  progress.hint(text);
  // Where the journal refuses, the wait for the run's end says so.
  run.cancel({ reason: isForced ? "Interrupted twice." : "Interrupted.", force: isForced }).catch(() => undefined);
}

/** Shows a run until it has ended, or until it is known that it will not. */
async function seeThrough(
  run: Run,
  relation: Relation,
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
    throw abandoned(run);
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

function abandoned(run: Run): CommandError {
  return new CommandError("run.abandoned", abandonedText(run.snapshot()), { exitCode: exitCodes.failed });
}

/** What was acknowledged before is on the disk, whatever the journal says now. */
function stopped(run: Run, relation: Relation, error: unknown): unknown {
  const { code, message, exitCode } = problemOf(error);
  if (exitCode === exitCodes.bug) return error;
  if (relation !== "own") {
    return new CommandError(code, `Run ${run.id} can no longer be followed. ${message}`, {
      exitCode: exitCodes.failed,
    });
  }
  const kept = `Everything up to position ${run.snapshot().position} of run ${run.id} is kept. Its steps were ended.`;
  return new CommandError(code, `The run was stopped before its end. ${message} ${kept}`, {
    exitCode: exitCodes.failed,
  });
}
