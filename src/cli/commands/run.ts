import { resolve } from "node:path";
import { hasOption, positional, textOption, type Execute } from "../command.ts";
import { diagnosticLines } from "../errors.ts";
import { checkRunId } from "../open-journal.ts";
import { readGraph } from "../read-graph.ts";
import { runHere } from "../run-here.ts";
import { startRun } from "../start-run.ts";

export const execute: Execute = async (invocation) => {
  const id = textOption(invocation, "id");
  if (id !== undefined) checkRunId(id);
  const { graph, warnings } = await readGraph(positional(invocation, 0));
  for (const warning of warnings) await invocation.err.line(diagnosticLines(warning).join("\n"));
  const { db } = invocation;
  const root = textOption(invocation, "root");
  if (!hasOption(invocation, "detach")) {
    return runHere((onDiagnostic) => startRun({ graph, id, db, root, onDiagnostic }), invocation);
  }
  const { beginInBackground } = await import("../background-parent.ts");
  const { document } = graph;
  const realRoot = root === undefined ? undefined : resolve(root);
  return beginInBackground({ asks: "start", document, id, db: resolve(db), root: realRoot }, invocation);
};
