import type { ServerContext } from "@modelcontextprotocol/server";
import { waitUnlessAbandoned } from "../../surfaces/wait-for-run.ts";
import { limits, type Run } from "../../index.ts";
import { numberField, optional } from "../fields.ts";
import { findRun } from "../find-run.ts";
import { statusOutput } from "../output-schemas.ts";
import { cursor, runId, stepId } from "../run-fields.ts";
import { countsWords, statusAnswer } from "../status-answer.ts";
import type { Tool } from "../tool.ts";

const fields = {
  runId,
  cursor: optional(cursor),
  stepId: optional(stepId),
  timeoutSeconds: optional(
    numberField(
      `How long to wait at most. Default: ${limits.mcpWaitSecondsDefault}. Many clients give up on a call after 60.`,
      { min: 0, max: limits.mcpWaitSecondsMax },
    ),
  ),
};

export const runWait: Tool<typeof fields> = {
  name: "run_wait",
  title: "Wait for a run",
  description:
    "Waits until something happens in a run that matters (a step that did not succeed, a result, a cancel, the end), or for its step " +
    "stepId. Give the cursor of your last call, so that nothing falls in between. Nothing having happened in time is no error: " +
    "wait again. Giving up the wait does not end the run.",
  fields,
  output: { ...statusOutput, required: [...statusOutput.required, "wait"] },
  hints: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  async call({ runId: id, cursor: given, stepId: step, timeoutSeconds }, { host, context }) {
    const { run } = await findRun(host, id);
    const after = given ?? run.snapshot().cursor;
    const seconds = timeoutSeconds ?? limits.mcpWaitSecondsDefault;
    const stopTelling = tellProgress(run, seconds, context);
    try {
      const receipt = await waitUnlessAbandoned(run, {
        after,
        ...(step === undefined ? {} : { step }),
        timeoutMs: seconds * 1_000,
        signal: context.mcpReq.signal,
      });
      const looked = step === undefined ? undefined : (await run.result(step)).step;
      return statusAnswer(receipt.run, { receipt, step: looked });
    } finally {
      stopTelling();
    }
  },
};

/** Tells a client that asked for it how the wait goes, at once and then again and again, so that it does not give up on the request. */
function tellProgress(run: Run, total: number, { mcpReq }: ServerContext): () => void {
  const { _meta: meta, notify, signal } = mcpReq;
  const progressToken = meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  const beganAt = performance.now();
  let told = -1;
  const tell = (): void => {
    const progress = Math.min(total, Math.round(performance.now() - beganAt) / 1_000);
    // It grows with each of them, as the protocol wants it.
    if (signal.aborted || progress <= told) return;
    told = progress;
    const message = `Run ${run.id}: ${countsWords(run.snapshot())}`;
    // A client that is gone ends the connection, which ends the wait.
    notify({ method: "notifications/progress", params: { progressToken, progress, total, message } }).catch(
      () => undefined,
    );
  };
  tell();
  const timer = setInterval(tell, limits.mcpProgressMs);
  return () => clearInterval(timer);
}
