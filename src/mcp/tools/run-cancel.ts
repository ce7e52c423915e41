import { requestCancel, type CancelOutcome } from "../../surfaces/request-cancel.ts";
import { wireStatus } from "../../surfaces/wire.ts";
import { limits } from "../../index.ts";
import { flagField, optional, textField } from "../fields.ts";
import { findRun } from "../find-run.ts";
import { statusOutput } from "../output-schemas.ts";
import { Refusal } from "../problem.ts";
import { runId } from "../run-fields.ts";
import { statusAnswer } from "../status-answer.ts";
import type { Tool } from "../tool.ts";

const fields = {
  runId,
  reason: optional(textField("Why, for the run's journal.", limits.reasonCharsMax)),
  force: optional(flagField("Kill its steps without giving them time to end by themselves.")),
};

export const runCancel: Tool<typeof fields> = {
  name: "run_cancel",
  title: "Cancel a run",
  description:
    "Asks a run to end: what has not started never will, what runs is told to stop. Returns when the run's process has taken the " +
    "request up; wait for the end with run_wait. A run that has ended stays as it is.",
  fields,
  output: statusOutput,
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  async call({ runId: id, reason, force = false }, { host }) {
    const { run } = await findRun(host, id);
    const asked = await requestCancel(run, { force, reason });
    return statusAnswer(asked.now, { note: noteOf(asked, force) });
  },
};

/** @throws Refusal where nobody ends the run. */
function noteOf(asked: CancelOutcome, force: boolean): string {
  const { id, owner, status } = asked.now;
  switch (asked.outcome) {
    case "takenUp":
      return `Run ${id} is being ended${force ? " by force" : ""}.`;
    case "asked":
      return `Run ${id} is already being ended.`;
    case "ended":
      return `Run ${id} had already ended: ${wireStatus(status)}.`;
    case "endedMeanwhile":
      return `Run ${id} ended by itself before the request was taken up: ${wireStatus(status)}.`;
    case "abandoned":
      throw new Refusal(
        "run.abandoned",
        `Run ${id} has not ended, but its process ${owner.pid} on ${owner.host} is gone: nothing happens to it any more.`,
        "Go on with it by run_start with the same graph and id, or delete it with run_cleanup.",
      );
    case "refused":
      throw new Refusal(`run.${asked.reason}`, asked.message, "Look at it with run_status.");
    case "unresponsive":
      throw new Refusal(
        "run.unresponsive",
        `Process ${owner.pid} on ${owner.host} has not taken the request up yet. It stays there for it.`,
        "Look again with run_status.",
      );
  }
}
