#!/usr/bin/env node
import process from "node:process";
import type { Execute, Invocation } from "./command.ts";
import { asksForJson, readCommandLine, wordsOf, type CommandLine } from "./command-line.ts";
import { problemOf } from "./errors.ts";
import { exitCodes, type ExitCode } from "./exit-codes.ts";
import { Output } from "./output.ts";
import { tellProblem } from "./tell-problem.ts";
import { showsColour, styleOf } from "./terminal.ts";

/** Each command is loaded when it is asked for, so that help and wrong command lines are answered at once. */
const commands: Readonly<Record<string, () => Promise<{ readonly execute: Execute }>>> = {
  run: () => import("./commands/run.ts"),
  runs: () => import("./commands/runs.ts"),
  status: () => import("./commands/status.ts"),
  result: () => import("./commands/result.ts"),
  events: () => import("./commands/events.ts"),
  notices: () => import("./commands/notices.ts"),
  message: () => import("./commands/message.ts"),
  cancel: () => import("./commands/cancel.ts"),
  cleanup: () => import("./commands/cleanup.ts"),
  resume: () => import("./commands/resume.ts"),
  replay: () => import("./commands/replay.ts"),
  verify: () => import("./commands/verify.ts"),
  fork: () => import("./commands/fork.ts"),
  agents: () => import("./commands/agents.ts"),
  graph: () => import("./commands/graph.ts"),
  export: () => import("./commands/export.ts"),
  import: () => import("./commands/import.ts"),
  view: () => import("./commands/view.ts"),
  inspect: () => import("./commands/inspect.ts"),
  mcp: () => import("./commands/mcp.ts"),
};

const defaultDatabase = ".runfold/runs.db";

async function answer(line: CommandLine, out: Output, err: Output): Promise<ExitCode> {
  if (line.asks === "version") {
    await out.line(await versionText());
    return exitCodes.done;
  }
  if (line.asks === "help") {
    const { helpText } = await import("./commands/help.ts");
    await out.write(helpText(line.command));
    return exitCodes.done;
  }
  if (wordsOf(line.command).outlivesReader !== true) out.onBroken = endWithReader;
  const { execute } = await commands[line.command]!();
  return execute(invocationOf(line, out, err));
}

function invocationOf(
  { positionals, options }: Extract<CommandLine, { asks: "command" }>,
  out: Output,
  err: Output,
): Invocation {
  const isColourRefused = options.has("no-color");
  const style = ({ isTTY }: Output) => styleOf(showsColour({ environment: process.env, isTTY, isColourRefused }));
  const db = options.get("db");
  return {
    positionals,
    options,
    isJson: options.has("json"),
    db: typeof db === "string" ? db : defaultDatabase,
    out,
    err,
    style: style(out),
    errStyle: style(err),
  };
}

/** Whoever reads has enough, as `head` does: nothing is wrong. Anything else that keeps us from writing is. */
function endWithReader(error: Error, isReaderGone: boolean): void {
  if (!isReaderGone) process.stderr.write(`runfold: The output cannot be written: ${error.message}\n`);
  process.exit(isReaderGone ? exitCodes.done : exitCodes.failed);
}

async function versionText(): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  // As far from here in `src` as it is in `dist`.
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  const { version }: { readonly version: string } = JSON.parse(text);
  return version;
}

async function tell(error: unknown, isJson: boolean, out: Output, err: Output): Promise<ExitCode> {
  const problem = problemOf(error);
  await tellProblem(problem, { out, err, isJson });
  if (problem.exitCode === exitCodes.bug && process.env["RUNFOLD_DEBUG"] === "1") {
    await err.line(error instanceof Error ? String(error.stack) : String(error));
  }
  return problem.exitCode;
}

async function crash(error: unknown, out: Output, err: Output): Promise<never> {
  const exitCode = await tell(error, asksForJson(process.argv.slice(2)), out, err);
  process.exit(exitCode);
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const out = new Output(process.stdout);
  const err = new Output(process.stderr);
  // What nobody waited for is a bug like any other, and told like one.
  process.on("uncaughtException", (error) => {
    void crash(error, out, err);
  });
  let exitCode: ExitCode;
  try {
    // What the parent of a background run starts; see `background-parent.ts`.
    if (args.length === 1 && args[0] === "background" && process.send !== undefined) {
      const { runInBackground } = await import("./background-child.ts");
      exitCode = await runInBackground();
    } else exitCode = await answer(readCommandLine(args), out, err);
  } catch (error) {
    exitCode = await tell(error, asksForJson(args), out, err);
  }
  await out.flush();
  await err.flush();
  // Handles of a journal or a child that are still closing must not keep a command that has answered.
  process.exit(exitCode);
}

await main();
