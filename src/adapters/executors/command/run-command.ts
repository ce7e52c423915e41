import { workKindOf } from "../../../domain/graph-document.ts";
import { limits } from "../../../domain/limits.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { Attempt, AttemptResult } from "../../../ports/executor.ts";
import { commandResult, launchFailure, stopFailure } from "./command-result.ts";
import type { CommandStop } from "./command-stop.ts";
import { fitEnvironment, inheritedEnvironment, type Environment } from "./environment.ts";
import { findProgram } from "./find-program.ts";
import type { Guardian } from "./guardian.ts";
import { InlineBudget } from "./inline-budget.ts";
import { launchProblem } from "./launch-problem.ts";
import { markVariable, type MarkedProcesses } from "./marked-processes.ts";
import { ownerMark, ownerVariable } from "./orphans.ts";
import { OutputStore } from "./output-store.ts";
import { PrivateFiles } from "./private-files.ts";
import { spawnGuarded, type GuardedProcess, type Launch } from "./spawn-guarded.ts";
import { StreamCapture } from "./stream-capture.ts";
import { supervise } from "./supervise.ts";
import { upstreamInputs } from "./upstream-inputs.ts";
import { changeOfPlace } from "./working-directory.ts";

/** What all commands of one executor share. */
export interface CommandTools {
  readonly clock: Clock;
  readonly environment: NodeJS.ProcessEnv;
  readonly inheritVariables: readonly string[];
  readonly guardian: Guardian;
  readonly marked: MarkedProcesses;
}

/** One command from its preparation to the removal of its last file. */
export async function runCommand(
  attempt: Attempt,
  stop: CommandStop,
  mark: string,
  tools: CommandTools,
): Promise<AttemptResult> {
  const files = new PrivateFiles();
  try {
    const launch = await prepare(attempt, mark, tools, files);
    if (typeof launch === "string") return launchFailure(launch);
    const program = programOf(attempt);
    // Checked last, so that as little as possible can change before the start.
    const change = attempt.place && (await changeOfPlace(attempt.root, attempt.place));
    if (change !== undefined) return launchFailure(`The working directory changed before launch: ${change}`);
    if (stop.request !== undefined) return { type: "failed", failure: stopFailure(stop.request, program, undefined) };
    let process: GuardedProcess;
    try {
      process = await spawnGuarded(launch, tools.guardian);
    } catch (error) {
      return launchFailure(launchProblem(program, error));
    }
    return await finish(attempt, stop, mark, tools, launch, process);
  } finally {
    await files.remove().catch(() => undefined);
  }
}

async function prepare(
  attempt: Attempt,
  mark: string,
  tools: CommandTools,
  files: PrivateFiles,
): Promise<Launch | string> {
  const { step } = attempt;
  const cwd = attempt.place?.realPath ?? attempt.root;
  const [name = "", ...rest] =
    workKindOf(step) === "shell" ? ["/bin/sh", "-c", step.shell ?? ""] : (step.command ?? []);
  let inputs: Awaited<ReturnType<typeof upstreamInputs>>;
  try {
    inputs = await upstreamInputs(attempt, files);
  } catch (error) {
    return `The outputs of earlier steps could not be handed over: ${error instanceof Error ? error.message : String(error)}`;
  }
  const environment: Environment = {
    ...inheritedEnvironment(tools.environment, tools.inheritVariables),
    RUNFOLD_RUN: attempt.run,
    RUNFOLD_STEP: step.id,
    RUNFOLD_ATTEMPT: String(attempt.number),
    ...inputs.variables,
    ...step.env,
    [markVariable]: mark,
    [ownerVariable]: ownerMark(attempt.owner),
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
  return { argv, cwd, environment, gateName: `runfold-gate-${mark}` };
}

async function finish(
  attempt: Attempt,
  stop: CommandStop,
  mark: string,
  tools: CommandTools,
  { gateName }: Launch,
  process: GuardedProcess,
): Promise<AttemptResult> {
  const budget = new InlineBudget();
  const capture = (name: "stdout" | "stderr"): StreamCapture => {
    const store = new OutputStore(budget, () => attempt.createArtifact(`${name}.txt`));
    return new StreamCapture(process[name], store, (text) => attempt.text(name, text));
  };
  const out = capture("stdout");
  const err = capture("stderr");
  const ending = await supervise({
    process,
    streams: [out, err],
    stop,
    clock: tools.clock,
    diagnostic: (code, severity, message) => attempt.diagnostic(code, severity, message),
    endEscaped: () => tools.marked.end(mark),
  });
  if (ending.isGroupGone) tools.guardian.release(process.pid);
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
  return commandResult({ program: programOf(attempt), gateName, ending, stdout, stderr, stderrTail: err.tail });
}

function programOf({ step }: Attempt): string {
  return workKindOf(step) === "shell" ? "The shell command" : (step.command?.[0] ?? "The command");
}
