import { noteOn, type Begin, type BegunRun } from "./begun-run.ts";
import type { Invocation } from "./command.ts";
import type { ExitCode } from "./exit-codes.ts";
import { Interrupt } from "./interrupt.ts";
import { printable } from "./printable.ts";
import { showProgress, type Progress } from "./progress.ts";
import { endRuns, seeThrough } from "./see-through.ts";
import type { RuntimeDiagnostic } from "../index.ts";

/** Begins one run in this process and shows it until its end, which signals bring about. */
export async function runHere(begin: Begin, invocation: Invocation): Promise<ExitCode> {
  const interrupt = new Interrupt();
  interrupt.listen();
  const notes = new DiagnosticNotes(invocation);
  const { runtime, ...begun } = await begin(notes.take);
  try {
    return await showRun(begun, interrupt, notes, invocation);
  } finally {
    await runtime.close();
    interrupt.close();
  }
}

/** Shows a run that has begun until its end. */
export async function showRun(
  begun: BegunRun,
  interrupt: Interrupt,
  notes: DiagnosticNotes,
  invocation: Invocation,
): Promise<ExitCode> {
  const { run } = begun;
  const { out, err, isJson } = invocation;
  if (!isJson) await out.line(`Run ${run.id}`);
  const note = noteOn(begun, true);
  if (note !== undefined) await err.line(printable(note));
  const progress = showProgress(run, invocation);
  notes.progress = progress;
  interrupt.attach((urgency) => endRuns([run], urgency, progress));
  return await seeThrough(begun, progress, invocation);
}

/** Tells what goes wrong around a run: beside its progress once that is shown. */
export class DiagnosticNotes {
  progress: Pick<Progress, "note"> | undefined;
  readonly take: (diagnostic: RuntimeDiagnostic) => void;

  constructor({ err }: Invocation) {
    this.take = ({ code, message }) => {
      const text = printable(`runfold: ${code}: ${message}`);
      if (this.progress === undefined) void err.line(text);
      else this.progress.note(text);
    };
  }
}
