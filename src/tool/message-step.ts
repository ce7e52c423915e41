import type { MessageChannel } from "../index.ts";
import { findRun, findStep, isFound, runDetails } from "./found-run.ts";
import { type TeamDetails, teamDetails, type TeamMessage } from "./team-details.ts";
import { error } from "./team-diagnostic.ts";
import type { ToolCall, ToolParts } from "./tool-host.ts";

export interface MessageInput {
  readonly runId: string;
  readonly stepId: string;
  readonly channel: MessageChannel;
  readonly text: string;
  readonly clientMessageId?: string;
}

/** Says something to the agent of a running step. A message that is not delivered makes the call an error, with the receipt. */
export async function messageStep(
  parts: ToolParts,
  { session, input, signal }: ToolCall<MessageInput>,
): Promise<TeamDetails> {
  const action = "message";
  const found = await findRun(parts, action, session, input.runId);
  if (!isFound(found)) return found;
  const step = findStep(found.run.snapshot(), action, input.stepId);
  if ("severity" in step) return teamDetails({ ...(await runDetails(action, found)), error: step });
  const { runId, stepId, channel, text, clientMessageId } = input;
  const key = clientMessageId === undefined ? {} : { key: clientMessageId };
  const heard = signal === undefined ? {} : { signal };
  const receipt = await found.run.message(stepId, { channel, text, ...key, ...heard });
  const { status, reason = `The message is ${status}.`, isReused } = receipt;
  const accepted = status === "accepted" || status === "consumed";
  const message: TeamMessage = {
    runId,
    stepId,
    channel,
    ...(clientMessageId === undefined ? {} : { clientMessageId }),
    accepted,
    ...(accepted ? {} : { undeliveredReason: reason }),
    reused: isReused,
    status,
  };
  const details = { ...(await runDetails(action, found)), message };
  if (accepted) return teamDetails(details);
  const repair = "Look at the status of the step; a step that is not running cannot be told anything.";
  return teamDetails({ ...details, error: error("message-not-delivered", reason, { action, repair }) });
}
