import { noteOn, type BegunRun } from "./begun-run.ts";
import type { Invocation } from "./command.ts";
import { problemOf } from "./errors.ts";
import { exitCodes, worstOf, type ExitCode } from "./exit-codes.ts";
import { Interrupt } from "./interrupt.ts";
import { importedLine } from "./left-imported.ts";
import { printable } from "./printable.ts";
import { showAmongOthers, type Progress } from "./progress.ts";
import { DiagnosticNotes, showRun } from "./run-here.ts";
import { endRuns, seeThrough } from "./see-through.ts";
import { notTakenText, takeOverAll } from "./take-over.ts";
import { tellProblem } from "./tell-problem.ts";

/**
 * Takes over all runs of the database that were left unfinished, and shows them until the last has ended. The exit code is the
 * worst of theirs.
 */
export async function resumeAllHere(invocation: Invocation): Promise<ExitCode> {
  const { db, out, err, isJson } = invocation;
  const interrupt = new Interrupt();
  interrupt.listen();
  const notes = new DiagnosticNotes(invocation);
  const taken = await takeOverAll({ db, onDiagnostic: notes.take }, () => interrupt.isAsked);
  const { runtime, runs, problems, imported } = taken;
  try {
    const left = notTakenText(taken);
    if (left !== undefined) await err.line(left);
    if (isJson) for (const id of imported) await out.line(importedLine(id));
    for (const problem of problems) await tellProblem(problem, invocation);
    const refused = problems.map(({ exitCode }) => exitCode);
    const [first] = runs;
    if (first === undefined) return worstOf(refused);
    // Programs get one shape, however many runs there are.
    const isAlone = runs.length === 1 && !isJson;
    const ended = isAlone
      ? [await showRun(first, interrupt, notes, invocation)]
      : await showSeveral(runs, interrupt, notes, invocation);
    return worstOf([...ended, ...refused]);
  } finally {
    await runtime.close();
    interrupt.close();
  }
}

async function showSeveral(
  runs: readonly BegunRun[],
  interrupt: Interrupt,
  notes: DiagnosticNotes,
  invocation: Invocation,
): Promise<readonly ExitCode[]> {
  const { err } = invocation;
  const width = runs.reduce((widest, { run }) => Math.max(widest, run.id.length), 0);
  for (const begun of runs) {
    const note = noteOn(begun, true);
    if (note !== undefined) await err.line(printable(note));
  }
  const note = (text: string): void => void err.line(text);
  const together: Progress = { note, hint: () => undefined, finish: () => Promise.resolve() };
  notes.progress = together;
  const shown = runs.map(async (begun) => {
    try {
      return await seeThrough(begun, showAmongOthers(begun.run, width, invocation), invocation);
    } catch (error) {
      // The others go on.
      const problem = problemOf(error);
      if (problem.exitCode === exitCodes.bug) throw error;
      await tellProblem({ ...problem, run: begun.run.id }, invocation);
      return problem.exitCode;
    }
  });
  const handles = runs.map(({ run }) => run);
  interrupt.attach((urgency) => endRuns(handles, urgency, together));
  return await Promise.all(shown);
}
