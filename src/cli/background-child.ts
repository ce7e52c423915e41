import process from "node:process";
import { isRunEnded } from "../domain/status.ts";
import { problemOf, type Problem } from "./errors.ts";
import { exitCodeOfRun, exitCodes, type ExitCode } from "./exit-codes.ts";
import { Interrupt } from "./interrupt.ts";
import { abandonedText } from "./owner-state.ts";
import { startRun, type StartedRun } from "./start-run.ts";
import { wireRunStatus } from "./wire.ts";
import type { GraphDocument } from "../index.ts";

/** What a parent asks of its background process. */
export interface BackgroundRequest {
  readonly document: GraphDocument;
  readonly id: string | undefined;
  readonly db: string;
  readonly root: string | undefined;
}

export type BackgroundAnswer =
  | { readonly kind: "started"; readonly run: string; readonly statusLine: string; readonly note: string | undefined }
  | { readonly kind: "refused"; readonly problem: Problem };

/** Takes a request from the parent, answers it once, and sees the run through alone. */
export async function runInBackground(): Promise<ExitCode> {
  const { document, id, db, root } = await requested();
  const interrupt = new Interrupt();
  interrupt.listen();
  let started: StartedRun;
  try {
    started = await startRun({ graph: { document, tasks: new Map() }, id, db, root });
  } catch (error) {
    return refuse(problemOf(error));
  }
  const { runtime, run, relation } = started;
  try {
    const now = run.snapshot();
    if (relation === "abandoned") {
      return await refuse({ code: "run.abandoned", message: abandonedText(now), exitCode: exitCodes.failed });
    }
    interrupt.attach((urgency) => {
      run.cancel({ reason: "Its process was told to end.", force: urgency === "force" }).catch(() => undefined);
    });
    await answer({
      kind: "started",
      run: run.id,
      statusLine: JSON.stringify(wireRunStatus(now)),
      note: noteOf(started),
    });
    // What another process writes, or what has ended, needs nobody here.
    if (relation !== "own") return exitCodes.done;
    const { status } = (await run.wait({ until: "end" })).run;
    return isRunEnded(status) ? exitCodeOfRun(status) : exitCodes.bug;
  } finally {
    await runtime.close();
    interrupt.close();
  }
}

function noteOf({ relation, run }: StartedRun): string | undefined {
  const { status, owner } = run.snapshot();
  if (relation === "ended") return `Run ${run.id} had already ended: ${status}. It is not started again.`;
  return relation === "elsewhere"
    ? `Run ${run.id} is already run by process ${owner.pid} on ${owner.host}.`
    : undefined;
}

async function refuse(problem: Problem): Promise<ExitCode> {
  await answer({ kind: "refused", problem });
  return problem.exitCode;
}

function requested(): Promise<BackgroundRequest> {
  return new Promise((resolve) => {
    process.once("message", (message: BackgroundRequest) => resolve(message));
  });
}

/** The parent may be gone; the run is started all the same, for it is in the journal. */
function answer(message: BackgroundAnswer): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(message, undefined, undefined, () => {
      if (process.connected) process.disconnect();
      resolve();
    });
  });
}
