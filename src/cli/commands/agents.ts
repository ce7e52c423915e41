import { resolve } from "node:path";
import { agentCatalog, AgentLibrary, type CatalogRow } from "../../agents.ts";
import { hasOption, type Execute, type Invocation } from "../command.ts";
import { checkRoot } from "../check-root.ts";
import { CommandError } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import { printable } from "../printable.ts";
import type { LibrarySource } from "../../index.ts";

const sourceNames: readonly LibrarySource[] = ["package", "user", "project"];

export const execute: Execute = async (invocation) => {
  const { positionals, options, out, err, isJson, style } = invocation;
  const root = options.get("root");
  checkRoot(typeof root === "string" ? root : undefined);
  const { agents, findings } = await agentCatalog(new AgentLibrary(), resolve(typeof root === "string" ? root : "."), {
    sources: sourcesOf(invocation),
    query: positionals[0] ?? "",
    allowProject: hasOption(invocation, "allow-project"),
  });
  for (const { code, severity, message, path } of findings) {
    const advice = code === "project-agents-denied" ? " Say --allow-project if it is." : "";
    await err.line(printable(`${severity}: ${message}${advice} (${path})`));
  }
  const width = agents.reduce((widest, { ref }) => Math.max(widest, ref.length), 0);
  for (const agent of agents) {
    await out.line(
      isJson ? JSON.stringify({ agent }) : `${style.bold(agent.ref.padEnd(width))}  ${printable(rowOf(agent))}`,
    );
  }
  if (agents.length === 0 && !isJson) await err.line("No agent matches. List all of a source with --source.");
  return exitCodes.done;
};

function rowOf({ description, tools }: CatalogRow): string {
  return tools === undefined ? description : `${description} [${tools.join(", ")}]`;
}

function sourcesOf({ options }: Invocation): readonly LibrarySource[] {
  const given = options.get("source");
  if (typeof given !== "string") return ["package", "user"];
  const names = given.split(",").map((name) => name.trim());
  const sources = sourceNames.filter((source) => names.includes(source));
  const unknown = names.find((name) => !sourceNames.some((source) => source === name));
  if (unknown === undefined) return sources;
  const message = `There is no source ${JSON.stringify(unknown)} of agents. Write --source with some of ${sourceNames.join(", ")}, separated by commas.`;
  throw new CommandError("usage.invalid", message);
}
