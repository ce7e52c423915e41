import { resolve } from "node:path";
import { hasOption, positional, textOption, type Execute } from "../command.ts";
import { CommandError, diagnosticLines } from "../errors.ts";
import { forkRun } from "../fork-run.ts";
import { checkRunId } from "../open-journal.ts";
import { positionIn } from "../position-option.ts";
import { readGraph } from "../read-graph.ts";
import { runHere } from "../run-here.ts";

export const execute: Execute = async (invocation) => {
  const { db, err } = invocation;
  const source = positional(invocation, 0);
  checkRunId(source);
  const at = forkPosition(textOption(invocation, "at"), source);
  const id = textOption(invocation, "id");
  if (id !== undefined) checkRunId(id);
  const file = textOption(invocation, "graph");
  const edited = file === undefined ? undefined : await readGraph(file);
  for (const warning of edited?.warnings ?? []) await err.line(diagnosticLines(warning).join("\n"));
  const graph = edited?.graph;
  if (!hasOption(invocation, "detach")) {
    return runHere((onDiagnostic) => forkRun({ source, at, id, graph, db, onDiagnostic }), invocation);
  }
  const { beginInBackground } = await import("../background-parent.ts");
  return beginInBackground({ asks: "fork", source, at, id, document: graph?.document, db: resolve(db) }, invocation);
};

function forkPosition(text: string | undefined, run: string): number {
  if (text === undefined) {
    const message = `fork needs a position: --at N, where N events of the run are the past of the new one. See them with runfold events ${run}.`;
    throw new CommandError("usage.invalid", message);
  }
  if (/^0+$/.test(text)) {
    const message = "At position 0 there is no past to fork. Start the graph instead, with runfold run GRAPH.json.";
    throw new CommandError("position.invalid", message);
  }
  return positionIn(text);
}
