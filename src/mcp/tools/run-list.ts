import { wireSummary } from "../../surfaces/wire.ts";
import { limits } from "../../index.ts";
import { printableLine } from "../../domain/printable.ts";
import { numberField, optional } from "../fields.ts";
import type { Tool } from "../tool.ts";

const fields = {
  limit: optional(
    numberField(`How many to list at most, the newest first. Default: ${limits.mcpRunsMax}.`, {
      min: 1,
      max: limits.mcpRunsMax,
      isWhole: true,
    }),
  ),
};

export const runList: Tool<typeof fields> = {
  name: "run_list",
  title: "List runs",
  description:
    "The runs of the database, the newest first, each with its id, its status and how many of its steps have ended.",
  fields,
  output: {
    properties: {
      runs: {
        type: "array",
        items: {
          type: "object",
          properties: { id: { type: "string" }, status: { type: "string" }, steps: { type: "object" } },
          required: ["id", "status", "steps"],
        },
      },
      omittedRuns: { type: "integer" },
    },
    required: ["runs", "omittedRuns"],
  },
  hints: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  async call({ limit = limits.mcpRunsMax }, { host }) {
    const runs = await host.runs();
    const all = (await runs?.runtime.list()) ?? [];
    const newest = all.slice(-limit).toReversed();
    const omittedRuns = all.length - newest.length;
    const structured = {
      runs: newest.map((run) => ({ ...wireSummary(run), name: short(run.name), objective: short(run.objective) })),
      omittedRuns,
    };
    const lines = structured.runs
      .slice(0, limits.mcpLinesMax)
      .map(
        ({ id, status, steps, name }) => `- ${id}: ${status}, ${steps.ended} of ${steps.total} steps ended; ${name}`,
      );
    const untold = all.length - lines.length;
    const rest = untold === 0 ? [] : [`- and ${untold} more`];
    const text = all.length === 0 ? "There are no runs yet. Start one with run_start." : [...lines, ...rest].join("\n");
    return { structured, text };
  },
};

function short(text: string): string {
  return printableLine(text, limits.mcpTextCharsMax);
}
