import { spawn } from "node:child_process";
import process from "node:process";
import { resolve } from "node:path";
import type { Invocation } from "./command.ts";
import { CommandError } from "./errors.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";
import type { BackgroundAnswer, BackgroundRequest } from "./background-child.ts";
import type { StartRequest } from "./start-run.ts";

/**
 * Starts a run in a process of its own session that nothing of this terminal reaches, and returns once the run is in the
 * journal. Until then that process answers here, so that what it is refused is told as if it had been started here.
 */
export async function startInBackground(request: StartRequest, { out, err, isJson }: Invocation): Promise<ExitCode> {
  const { graph, id, db, root } = request;
  const asked: BackgroundRequest = {
    document: graph.document,
    id,
    db: resolve(db),
    root: root === undefined ? undefined : resolve(root),
  };
  const answer = await ask(asked);
  if (answer.kind === "refused") {
    const { code, message, exitCode, diagnostics } = answer.problem;
    throw new CommandError(code, message, { exitCode, ...(diagnostics === undefined ? {} : { diagnostics }) });
  }
  if (answer.note !== undefined) await err.line(answer.note);
  await out.line(isJson ? answer.statusLine : answer.run);
  return exitCodes.done;
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
  return new CommandError(
    "background.failed",
    `The process in the background could not be used: ${why}. Run it without --detach.`,
    {
      exitCode: exitCodes.failed,
    },
  );
}
