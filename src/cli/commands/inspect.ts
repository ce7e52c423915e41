import process from "node:process";
import { positional, textOption, type Execute, type Invocation } from "../command.ts";
import { CommandError, problemOf } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import { openRuns } from "../open-journal.ts";
import { printable } from "../printable.ts";
import { damagedAfter, readableRun } from "../readable-run.ts";
import { quotedText } from "../../domain/quoted-text.ts";
import { isRunfoldError, type RunfoldError } from "../../index.ts";
import { openInspectorRelay, type RelayOptions, type StepFilter } from "../../inspect.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export const execute: Execute = async (invocation) => {
  const { out, err, isJson } = invocation;
  const options = optionsOf(invocation);
  await using open = await openRuns(invocation.db, "read");
  await using readable = await readableRun(open, positional(invocation, 0));
  const { run, damage } = readable;
  const tell = (error: unknown): void => void err.line(`runfold inspect: ${printable(problemOf(error).message)}`);
  if (damage !== undefined) tell(damagedAfter(run.snapshot().position, damage, ", and is shown"));
  // Before the address is told, because who reads it may end this at once.
  const asked = endIsAskedFor();
  await using relay = await listening(() => openInspectorRelay(run, { ...options, onProblem: tell }));
  const { pageUrl, webSocketUrl } = relay;
  await out.line(isJson ? JSON.stringify({ run: run.id, pageUrl, webSocketUrl }) : addressText(pageUrl, webSocketUrl));
  await asked;
  return exitCodes.done;
};

function addressText(pageUrl: string, webSocketUrl: string): string {
  return [
    `Page:       ${pageUrl}`,
    `WebSocket:  ${webSocketUrl}`,
    "Who knows these addresses can read the run, on this machine. Ctrl-C ends it.",
  ].join("\n");
}

function optionsOf(invocation: Invocation): RelayOptions {
  const [port, speed, steps, stepsMax] = [
    numberOption(invocation, "port"),
    numberOption(invocation, "speed"),
    textOption(invocation, "steps"),
    numberOption(invocation, "max"),
  ];
  const pick = textOption(invocation, "pick");
  const ui = textOption(invocation, "ui");
  if (steps === "picked" && pick === undefined) {
    throw new CommandError("usage.invalid", "--steps picked shows those that --pick names, and it names none.");
  }
  return {
    ...(port === undefined ? {} : { port }),
    ...(speed === undefined ? {} : { speed }),
    // What it may be is said by whoever uses it.
    ...(steps === undefined ? {} : { steps: steps as StepFilter }),
    ...(stepsMax === undefined ? {} : { stepsMax }),
    ...(pick === undefined ? {} : { pick: pick.split(",").map((id) => id.trim()) }),
    ...(ui === undefined ? {} : { ui }),
  };
}

function numberOption(invocation: Invocation, name: string): number | undefined {
  const text = textOption(invocation, name);
  if (text === undefined) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  throw new CommandError("usage.invalid", `--${name} takes a number, not ${quotedText(text)}.`);
}

async function listening<Result>(open: () => Promise<Result>): Promise<Result> {
  try {
    return await open();
  } catch (error) {
    if (isRunfoldError(error, "inspect.invalid")) throw asOptions(error);
    if (!(error instanceof Error) || !("code" in error) || error.code !== "EADDRINUSE") throw error;
    throw new CommandError("usage.invalid", "The port of --port is taken. Leave it out, and one that is free is used.");
  }
}

/** What the library calls by its own names, by those that stand on the command line. */
function asOptions({ message }: RunfoldError): CommandError {
  const said = message.replace(/ \[[a-zA-Z.]+\]$/, "");
  return new CommandError("usage.invalid", said.replace(/^stepsMax /, "--max ").replace(/^steps /, "--steps "));
}

function endIsAskedFor(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve());
  });
}
