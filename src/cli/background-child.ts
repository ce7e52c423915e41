import process from "node:process";
import { isRunEnded } from "../domain/status.ts";
import { isWrittenHere, noteOn, type Begun, type BegunRun } from "./begun-run.ts";
import { problemOf, type Problem } from "./errors.ts";
import { exitCodeOfRun, exitCodes, worstOf, type ExitCode } from "./exit-codes.ts";
import { forkRun } from "./fork-run.ts";
import { Interrupt } from "./interrupt.ts";
import { startRun } from "./start-run.ts";
import { notTakenText, takeOver, takeOverAll } from "./take-over.ts";
import { wireRunStatus } from "../surfaces/wire.ts";
import type { Graph, GraphDocument, Position, Run, RunId, Runtime } from "../index.ts";

/** What a parent asks of its background process: a start, a run or all runs to take over, or a fork. */
export type BackgroundRequest =
  | {
      readonly asks: "start";
      readonly document: GraphDocument;
      readonly id: RunId | undefined;
      readonly db: string;
      readonly root: string | undefined;
    }
  | { readonly asks: "resume"; readonly id: RunId; readonly force: boolean; readonly db: string }
  | { readonly asks: "resumeAll"; readonly db: string }
  | {
      readonly asks: "fork";
      readonly source: RunId;
      readonly at: Position;
      readonly id: RunId | undefined;
      readonly document: GraphDocument | undefined;
      readonly db: string;
    };

export interface BackgroundRun {
  readonly run: RunId;
  readonly statusLine: string;
  readonly note: string | undefined;
}

export type BackgroundAnswer =
  | {
      readonly kind: "begun";
      readonly runs: readonly BackgroundRun[];
      readonly problems: readonly Problem[];
      readonly note: string | undefined;
      /** Unfinished runs that were left, because they came from a file. */
      readonly imported: readonly RunId[];
    }
  | { readonly kind: "refused"; readonly problem: Problem };

/** What the process has begun, before its parent is told. */
interface Work {
  readonly runtime: Runtime;
  readonly runs: readonly BegunRun[];
  readonly problems: readonly Problem[];
  readonly note: string | undefined;
  readonly imported: readonly RunId[];
}

/** Takes a request from the parent, answers it once, and sees its runs through alone. */
export async function runInBackground(): Promise<ExitCode> {
  const request = await requested();
  const interrupt = new Interrupt();
  interrupt.listen();
  let work: Work;
  try {
    work = await begin(request, interrupt);
  } catch (error) {
    return refuse(problemOf(error));
  }
  const { runtime, runs, problems, note, imported } = work;
  try {
    interrupt.attach((urgency) => {
      const options = { reason: "Its process was told to end.", force: urgency === "force" };
      for (const { run } of runs) run.cancel(options).catch(() => undefined);
    });
    await answer({ kind: "begun", runs: runs.map(toldOf), problems, note, imported });
    // What another process writes, or what has ended, needs nobody here.
    const own = runs.filter(({ relation }) => isWrittenHere(relation));
    return worstOf(await Promise.all(own.map(async ({ run }) => endOf(run))));
  } finally {
    await runtime.close();
    interrupt.close();
  }
}

async function begin(request: BackgroundRequest, interrupt: Interrupt): Promise<Work> {
  switch (request.asks) {
    case "start": {
      const { document, ...rest } = request;
      return alone(await startRun({ ...rest, graph: graphOf(document) }));
    }
    case "resume":
      return alone(await takeOver(request.id, request));
    case "resumeAll": {
      const taken = await takeOverAll(request, () => interrupt.isAsked);
      return { ...taken, note: notTakenText(taken) };
    }
    case "fork": {
      const { document, ...rest } = request;
      return alone(await forkRun({ ...rest, graph: document === undefined ? undefined : graphOf(document) }));
    }
  }
}

function alone({ runtime, ...begun }: Begun): Work {
  return { runtime, runs: [begun], problems: [], note: undefined, imported: [] };
}

/** A graph that came as text has no functions. */
function graphOf(document: GraphDocument): Graph {
  return { document, tasks: new Map() };
}

function toldOf(begun: BegunRun): BackgroundRun {
  const { run } = begun;
  return { run: run.id, statusLine: JSON.stringify(wireRunStatus(run.snapshot())), note: noteOn(begun, false) };
}

/** One that is stopped before its end keeps no other from it. */
async function endOf(run: Run): Promise<ExitCode> {
  try {
    const { status } = (await run.wait({ until: "end" })).run;
    return isRunEnded(status) ? exitCodeOfRun(status) : exitCodes.bug;
  } catch (error) {
    return problemOf(error).exitCode;
  }
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

/** The parent may be gone; the run goes on all the same, for it is in the journal. */
function answer(message: BackgroundAnswer): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined || !process.connected) return resolve();
    process.send(message, undefined, undefined, () => {
      if (process.connected) process.disconnect();
      resolve();
    });
  });
}
