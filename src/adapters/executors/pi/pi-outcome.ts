import type { Failure } from "../../../domain/failure.ts";
import { agentFailure } from "../agents/agent-failure.ts";
import type { AgentEnding } from "../agents/agent-program.ts";
import type { PiAnswers } from "./pi-answers.ts";

/** How the conversation ended, once the agent says that it is done. */
export function outcomeOf(answers: PiAnswers): AgentEnding {
  const { messageStop, runStop } = answers;
  // What the last message says of itself outranks what the run says: a run that ends well may end with a message that was cut off.
  const isMessageGood = (messageStop.reason ?? "stop") === "stop";
  const reason = isMessageGood ? (runStop.reason ?? messageStop.reason) : messageStop.reason;
  const error = (isMessageGood ? runStop.error : messageStop.error) ?? messageStop.error;
  if ((reason ?? "stop") !== "stop" || error !== undefined) return stopped(answers, reason, error);
  if (answers.finals.length > 0) return { type: "succeeded", finals: answers.finals, ...usageOf(answers) };
  if (answers.overflow !== undefined) return failed(answers, unrecovered(answers.overflow));
  return failed(answers, agentFailure("assistant-final-empty", "The agent ended without a final answer."));
}

function stopped(answers: PiAnswers, reason: string | undefined, error: string | undefined): AgentEnding {
  const why = error === undefined ? "" : `: ${error}`;
  if (reason === "length") {
    const message = `The agent's answer was cut off at its model's limit (stop reason length)${why}`;
    return failed(answers, agentFailure("assistant-stop", message, { kind: "truncated" }));
  }
  if (reason === undefined || reason === "stop" || reason === "error") {
    return failed(answers, agentFailure("assistant-error", `The agent ended with stop reason error${why}`));
  }
  return failed(answers, agentFailure("assistant-stop", `The agent ended with stop reason ${reason}${why}`));
}

/** A conversation that failed, with whatever the agent has said until then. */
export function failed(answers: PiAnswers, why: Failure): AgentEnding {
  return { type: "failed", failure: why, finals: answers.finals, lastText: answers.lastText, ...usageOf(answers) };
}

export function unrecovered(overflow: string): Failure {
  return agentFailure(
    "context-overflow-unrecovered",
    `The context became too long and no fresh answer came: ${overflow}`,
  );
}

function usageOf({ usage }: PiAnswers): Pick<AgentEnding, "usage"> {
  return usage === undefined ? {} : { usage };
}
