import { optional } from "../fields.ts";
import { findRun } from "../find-run.ts";
import { statusOutput } from "../output-schemas.ts";
import { cursor, runId, stepId } from "../run-fields.ts";
import { statusAnswer } from "../status-answer.ts";
import type { Tool } from "../tool.ts";

const fields = { runId, cursor: optional(cursor), stepId: optional(stepId) };

export const runStatus: Tool<typeof fields> = {
  name: "run_status",
  title: "Look at a run",
  description:
    "How a run and its steps stand now, without waiting; with a cursor also what has happened since. Of many steps 100 are told: name " +
    "one with stepId to see it.",
  fields,
  output: statusOutput,
  hints: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  async call({ runId: id, cursor: after, stepId: step }, { host }) {
    const { run } = await findRun(host, id);
    const place = step === undefined ? {} : { step };
    const receipt = after === undefined ? undefined : await run.wait({ after, timeoutMs: 0, ...place });
    // Asks the run, so that an unknown step is told in its words.
    const looked = step === undefined ? undefined : (await run.result(step)).step;
    return statusAnswer(receipt?.run ?? run.snapshot(), { receipt, step: looked });
  },
};
