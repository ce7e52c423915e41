import { isRunId } from "../domain/ids.ts";
import { quotedText } from "../domain/quoted-text.ts";
import { limits, RunfoldError, type Run, type RunSummary } from "../index.ts";
import type { HostedRuns, McpHost } from "./host.ts";
import { printableLine } from "../domain/printable.ts";

export interface FoundRun extends HostedRuns {
  readonly run: Run;
}

/** @throws `run.idInvalid`; `run.unknown`, naming some of those that there are; what the journal refuses with. */
export async function findRun(host: McpHost, id: string): Promise<FoundRun> {
  if (!isRunId(id)) throw new RunfoldError("run.idInvalid", `${quotedText(id)} cannot name a run`);
  const runs = await host.runs();
  const run = await runs?.runtime.get(id);
  if (runs !== undefined && run !== undefined) return { ...runs, run };
  const there = (await runs?.runtime.list()) ?? [];
  throw new RunfoldError("run.unknown", `There is no run ${id}. ${namesOf(there)}`);
}

/** The newest of them, each with its status. */
function namesOf(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return "There are no runs yet.";
  const named = runs.slice(-limits.mcpNamesMax).toReversed();
  const more = runs.length - named.length;
  const list = named.map(({ id, status }) => printableLine(`${id} (${status})`, limits.mcpTextCharsMax)).join(", ");
  return `There are ${list}${more === 0 ? "" : `, and ${more} older ones`}.`;
}
