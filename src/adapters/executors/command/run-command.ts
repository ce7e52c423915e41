import { workKindOf } from "../../../domain/graph-document.ts";
import { limits } from "../../../domain/limits.ts";
import type { Attempt, AttemptResult } from "../../../ports/executor.ts";
import type { LineParser } from "../headless/line-parser.ts";
import { LineSplitter } from "../headless/line-splitter.ts";
import { createParser, parserProblem } from "../headless/parsers.ts";
import type { AttemptProcesses } from "../processes/attempt-processes.ts";
import { fitEnvironment, inheritedEnvironment, type Environment } from "../processes/environment.ts";
import { findProgram } from "../processes/find-program.ts";
import { launchProblem } from "../processes/launch-problem.ts";
import type { GuardedProcess, Launch } from "../processes/spawn-guarded.ts";
import { changeOfPlace } from "../processes/working-directory.ts";
import { agentResult } from "./agent-result.ts";
import { commandResult, launchFailure, stopFailure } from "./command-result.ts";
import { InlineBudget } from "./inline-budget.ts";
import { OutputStore } from "./output-store.ts";
import { StreamCapture } from "./stream-capture.ts";
import { supervise } from "./supervise.ts";
import { upstreamInputs } from "./upstream-inputs.ts";

/** What commands may inherit from, and the names of what they inherit beside the usual few. */
export interface CommandInheritance {
  readonly environment: NodeJS.ProcessEnv;
  readonly inheritVariables: readonly string[];
}

type Prepared = Omit<Launch, "gateName">;

/** One command from its preparation to its end. */
export async function runCommand(
  attempt: Attempt,
  processes: AttemptProcesses,
  inheritance: CommandInheritance,
): Promise<AttemptResult> {
  const launch = await prepare(attempt, processes, inheritance);
  if (typeof launch === "string") return launchFailure(launch);
  const program = programOf(attempt);
  // Checked last, so that as little as possible can change before the start.
  const change = attempt.place && (await changeOfPlace(attempt.root, attempt.place));
  if (change !== undefined) return launchFailure(`The working directory changed before launch: ${change}`);
  const { request } = processes.stop;
  if (request !== undefined) return { type: "failed", failure: stopFailure(request, program, undefined) };
  let process: GuardedProcess;
  try {
    process = await processes.start(launch);
  } catch (error) {
    return launchFailure(launchProblem(program, error));
  }
  return await finish(attempt, processes, process);
}

async function prepare(
  attempt: Attempt,
  processes: AttemptProcesses,
  inheritance: CommandInheritance,
): Promise<Prepared | string> {
  const { step } = attempt;
  const cwd = attempt.place?.realPath ?? attempt.root;
  const [name = "", ...rest] =
    workKindOf(step) === "shell" ? ["/bin/sh", "-c", step.shell ?? ""] : (step.command ?? []);
  let inputs: Awaited<ReturnType<typeof upstreamInputs>>;
  try {
    inputs = await upstreamInputs(attempt, processes.files);
  } catch (error) {
    return `The outputs of earlier steps could not be handed over: ${error instanceof Error ? error.message : String(error)}`;
  }
  const environment: Environment = {
    ...inheritedEnvironment(inheritance.environment, inheritance.inheritVariables),
    RUNFOLD_RUN: attempt.run,
    RUNFOLD_STEP: step.id,
    RUNFOLD_ATTEMPT: String(attempt.number),
    ...inputs.variables,
    ...attempt.variables,
    ...step.env,
    ...processes.marks,
  };
  const program = await findProgram(name, environment["PATH"], cwd);
  if ("problem" in program) return program.problem;
  const argv = [program.file, ...rest];
  const own = step.env ?? {};
  const removable = [...inputs.removable].filter((variable) => !Object.hasOwn(own, variable));
  const left = fitEnvironment(environment, argv, removable);
  if (left.length > 0) {
    attempt.diagnostic(
      "command-inputs-omitted",
      "warning",
      `The environment would be too large: ${left.length} of the RUNFOLD_INPUT_… values are left out, ${left[0]} first. Their files are there.`,
    );
  }
  return { argv, cwd, environment, stdin: "none" };
}

async function finish(attempt: Attempt, processes: AttemptProcesses, process: GuardedProcess): Promise<AttemptResult> {
  const reading = readingOf(attempt);
  const budget = reading === undefined ? new InlineBudget() : InlineBudget.none();
  const storeFor = (name: string): OutputStore => new OutputStore(budget, () => attempt.createArtifact(`${name}.txt`));
  // Where a parser reads, people see what it makes of the lines.
  const tellOut = (text: string): void => (reading === undefined ? attempt.text("stdout", text) : undefined);
  const out = new StreamCapture(process.stdout, storeFor("stdout"), tellOut, reading?.lines);
  const err = new StreamCapture(process.stderr, storeFor("stderr"), (text) => attempt.text("stderr", text));
  const ending = await supervise({
    process,
    streams: [out, err],
    stop: processes.stop,
    clock: processes.clock,
    diagnostic: (code, severity, message) => attempt.diagnostic(code, severity, message),
    endEscaped: () => processes.endEscaped(),
  });
  if (ending.isGroupGone) processes.release(process);
  await Promise.all([out.ended, err.ended]);
  const [stdout, stderr] = [await out.finish(), await err.finish()];
  const dropped = stdout.droppedBytes + stderr.droppedBytes;
  if (dropped > 0) {
    const why =
      stdout.problem === undefined && stderr.problem === undefined
        ? `A stream may have ${limits.commandStreamBytesMax} bytes`
        : "Output could not be stored";
    attempt.diagnostic("command-output-dropped", "warning", `${why}; ${dropped} bytes were dropped.`);
  }
  const { gateName } = processes;
  const finished = { program: programOf(attempt), gateName, ending, stdout, stderr, stderrTail: err.tail };
  return reading === undefined ? commandResult(finished) : await agentResult(finished, reading.parser, attempt);
}

/** How stdout is read where an agent program writes it. */
function readingOf(attempt: Attempt): { readonly parser: LineParser; readonly lines: LineSplitter } | undefined {
  const { parser: name } = attempt.step;
  if (name === undefined) return undefined;
  const parser = createParser(name, {
    text: (stream, delta) => attempt.text(stream, delta),
    tool: (call) => attempt.tool(call),
    diagnostic: (code, severity, message) => attempt.diagnostic(code, severity, message),
  });
  if (parser === undefined) throw new Error(parserProblem(name));
  return { parser, lines: new LineSplitter(parser, limits.recordBytesMax) };
}

function programOf({ step }: Attempt): string {
  return workKindOf(step) === "shell" ? "The shell command" : (step.command?.[0] ?? "The command");
}
