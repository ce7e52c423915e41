import { Console } from "node:console";
import { resolve } from "node:path";
import { hasOption, textOption, type Execute } from "../command.ts";
import { CommandError } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import { DatabaseHost } from "../mcp-host.ts";
import { printable } from "../printable.ts";
import { checkRoot } from "../check-root.ts";
import { limits } from "../../index.ts";
import { serveMcp } from "../../mcp.ts";

export const execute: Execute = async (invocation) => {
  const { db, err, isJson } = invocation;
  if (isJson) throw new CommandError("usage.invalid", "mcp has no --json: what it prints is the protocol.");
  const root = resolve(textOption(invocation, "root") ?? ".");
  checkRoot(root);
  const tell = (text: string): void => void err.line(`runfold mcp: ${bounded(text)}`);
  // Whatever prints by accident must not end up between two messages of the protocol.
  globalThis.console = new Console(process.stderr, process.stderr);
  await using host = new DatabaseHost({ db, root, isInProcess: hasOption(invocation, "in-process"), tell });
  await serveMcp(host, (error) => tell(error.message));
  return exitCodes.done;
};

/** An error may quote a message of the client as long as that is. */
function bounded(text: string): string {
  const charsMax = limits.mcpMessageCharsMax;
  const omitted = text.length - charsMax;
  return omitted <= 0 ? printable(text) : `${printable(text.slice(0, charsMax))} … (${omitted} more characters)`;
}
