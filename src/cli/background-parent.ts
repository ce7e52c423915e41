import { spawn } from "node:child_process";
import process from "node:process";
import { printable } from "./printable.ts";
import type { Invocation } from "./command.ts";
import { CommandError } from "./errors.ts";
import { exitCodes, worstOf, type ExitCode } from "./exit-codes.ts";
import { importedLine } from "./left-imported.ts";
import { tellProblem } from "./tell-problem.ts";
import type { BackgroundAnswer, BackgroundRequest } from "./background-child.ts";

/**
 * Begins runs in a process of its own session that nothing of this terminal reaches, and returns once they are in the
 * journal. Until then that process answers here, so that what it is refused is told as if it had been begun here.
 * The paths of the request have to be absolute.
 */
export async function beginInBackground(request: BackgroundRequest, invocation: Invocation): Promise<ExitCode> {
  const { out, err, isJson } = invocation;
  const answer = await askBackground(request);
  if (answer.note !== undefined) await err.line(answer.note);
  if (isJson) for (const id of answer.imported) await out.line(importedLine(id));
  for (const problem of answer.problems) await tellProblem(problem, invocation);
  for (const { run, statusLine, note } of answer.runs) {
    if (note !== undefined) await err.line(printable(note));
    await out.line(isJson ? statusLine : run);
  }
  return worstOf(answer.problems.map(({ exitCode }) => exitCode));
}

export type BegunInBackground = Extract<BackgroundAnswer, { readonly kind: "begun" }>;

/**
 * Has a process of its own begin runs, without telling anybody.
 * @throws CommandError, also for what that process was refused.
 */
export async function askBackground(request: BackgroundRequest): Promise<BegunInBackground> {
  const answer = await ask(request);
  if (answer.kind === "begun") return answer;
  const { code, message, ...rest } = answer.problem;
  throw new CommandError(code, message, rest);
}

function ask(request: BackgroundRequest): Promise<BackgroundAnswer> {
  return new Promise((resolveAnswer, reject) => {
    const script = process.argv[1] ?? "";
    const child = spawn(process.execPath, [...process.execArgv, script, "background"], {
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    child.on("message", (answer: BackgroundAnswer) => resolveAnswer(answer));
    child.on("error", (error) => reject(notStarted(error.message)));
    child.on("exit", (code, signal) =>
      reject(notStarted(`it ended before its start, ${signal ?? `with code ${code}`}`)),
    );
    child.send(request, (error) => {
      if (error !== null) reject(notStarted(error.message));
    });
  });
}

function notStarted(why: string): CommandError {
  const said = `The process in the background could not be used: ${why}.`;
  return new CommandError("background.failed", `${said} Run it without --detach.`, {
    exitCode: exitCodes.failed,
    said,
  });
}
