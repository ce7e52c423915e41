import process from "node:process";
import { hasOption, textOption, type Execute, type Invocation } from "../command.ts";
import { CommandError } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import { findRun, openRuns, type OpenRuns } from "../open-journal.ts";
import { openBrowser } from "../open-browser.ts";
import { printable } from "../printable.ts";
import { isRunfoldError } from "../../index.ts";
import { createViewer } from "../../viewer.ts";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
const tokenVariable = "RUNFOLD_VIEW_TOKEN";

export const execute: Execute = async (invocation) => {
  const { db, err, out, isJson } = invocation;
  const port = portOf(textOption(invocation, "port"));
  const token = process.env[tokenVariable];
  const ending = untilSignal();
  const opened = await openToView(db);
  await using open = opened.open;
  const id = invocation.positionals[0];
  if (id !== undefined) await findRun(open, id);
  const tell = (text: string): void => void err.line(`runfold view: ${printable(text)}`);
  await using viewer = createViewer(open.runtime, {
    artifacts: open.artifacts,
    isReadOnly: opened.isReadOnly,
    onProblem: (problem) => tell(problem instanceof Error ? problem.message : String(problem)),
    ...(token === undefined || token === "" ? {} : { token }),
  });
  await viewer.listen(port);
  const url = id === undefined ? viewer.url : viewer.urlOf(id);
  await out.line(isJson ? JSON.stringify({ view: { url, isReadOnly: opened.isReadOnly } }) : textOf(url, opened));
  if (hasOption(invocation, "open")) openBrowser(url, tell);
  await ending;
  return exitCodes.done;
};

function textOf(url: string, { isReadOnly }: OpenedToView): string {
  const rights = isReadOnly ? "see these runs; the database is open for reading alone" : "see and command these runs";
  return `${url}\nWhoever has this address can ${rights}. Ctrl-C ends the viewer.`;
}

interface OpenedToView {
  readonly open: OpenRuns;
  readonly isReadOnly: boolean;
}

/** A database that cannot be written can be looked at all the same. */
async function openToView(db: Invocation["db"]): Promise<OpenedToView> {
  try {
    return { open: await openRuns(db, "write"), isReadOnly: false };
  } catch (error) {
    if (!isRunfoldError(error, "journal.readOnly")) throw error;
    return { open: await openRuns(db, "read"), isReadOnly: true };
  }
}

function portOf(given: string | undefined): number {
  if (given === undefined) return 0;
  const port = Number(given);
  if (/^\d{1,5}$/.test(given) && port <= 65_535) return port;
  throw new CommandError("usage.invalid", `--port is a whole number from 0 to 65535, not ${JSON.stringify(given)}.`);
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of signals) process.on(signal, () => resolve());
  });
}
