import { isRunId } from "../../domain/ids.ts";
import { limits, parseGraph, parseGraphText, type Graph } from "../../index.ts";
import { objectField, optional, textField } from "../fields.ts";
import { findRun } from "../find-run.ts";
import { graphFileText } from "../graph-file.ts";
import { statusOutput } from "../output-schemas.ts";
import { Refusal } from "../problem.ts";
import { statusAnswer } from "../status-answer.ts";
import type { Tool } from "../tool.ts";

const graphWords =
  'The graph: { "name", "objective", "steps": [ … ], "limits"? }. A step: { "id", one of "command": ["git", "log"], "shell": "…" or ' +
  '"agent": { "kind": "pi", "task": "…" }, "needs"?: [ids that must have succeeded], "after"?: [ids that must have ended], "cwd"?, ' +
  '"env"?, "timeoutSeconds"?, "retry"?: { "attempts" } }. A command finds what its needs gave in RUNFOLD_INPUT_<ID>; an agent is ' +
  "handed it. The JSON Schema of graphs is the resource runfold://schema/graph.";

const fields = {
  graph: optional(objectField(graphWords)),
  graphFile: optional(
    textField(
      "In place of graph: a JSON file that holds it, by its path below the server's root.",
      limits.pathCharsMax,
    ),
  ),
  id: optional(
    textField(
      "Names the run; the same id with the same graph again is the same run, never a second one. Default: a new unique id.",
      limits.mcpTextCharsMax,
    ),
  ),
};

export const runStart: Tool<typeof fields> = {
  name: "run_start",
  title: "Start a run",
  description:
    "Starts a run of a graph of steps (commands, agents) and returns at once with its id. The run goes on by itself, also when this " +
    "server ends: wait for it with run_wait, read what its steps gave with step_result.",
  fields,
  output: statusOutput,
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  async call({ graph, graphFile, id }, { host }) {
    if ((graph === undefined) === (graphFile === undefined)) {
      throw new Refusal("arguments.invalid", "run_start needs a graph, in one way.", "Give either graph or graphFile.");
    }
    const parsed =
      graphFile === undefined ? parseGraph(graph) : parseGraphText(await graphFileText(host.root, graphFile));
    const checked = graphOf(parsed);
    const isThere = id !== undefined && isRunId(id) && (await (await host.runs())?.runtime.get(id)) !== undefined;
    const started = await host.start(checked, id);
    const { run } = await findRun(host, started.run);
    const said = isThere ? "is that of an earlier start; it was not started again" : "was started";
    const note = started.note ?? `Run ${started.run} ${said}.`;
    return statusAnswer(run.snapshot(), { note });
  },
};

function graphOf(parsed: ReturnType<typeof parseGraph>): Graph {
  if (parsed.ok) return parsed.graph;
  const { diagnostics } = parsed;
  const count = diagnostics.length === 1 ? "1 finding" : `${diagnostics.length} findings`;
  const repair = "Correct the graph as the diagnostics say, and call run_start again.";
  throw new Refusal("graph.invalid", `This is not a graph that can be run: ${count}.`, repair, diagnostics);
}
