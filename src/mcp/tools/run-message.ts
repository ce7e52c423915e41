import { wireMessage } from "../../surfaces/wire.ts";
import { limits, type MessageReceipt } from "../../index.ts";
import { printableLine } from "../../domain/printable.ts";
import { choiceField, optional, textField } from "../fields.ts";
import { findRun } from "../find-run.ts";
import { runId, stepId } from "../run-fields.ts";
import type { Tool } from "../tool.ts";

const fields = {
  runId,
  stepId,
  text: textField("What to say to the agent.", limits.textCharsMax),
  channel: choiceField("steer: heard during the work, before the agent thinks on. follow_up: when it would be done.", [
    "steer",
    "follow_up",
  ]),
  key: optional(
    textField(
      "Names the message: the same key with the same text again is the same message, never a second one.",
      limits.messageKeyCharsMax,
    ),
  ),
};

export const runMessage: Tool<typeof fields> = {
  name: "run_message",
  title: "Speak to a step's agent",
  description:
    "Says something to the agent that works on a running step. Accepted means that its program took it, not that the agent obeys. " +
    "A message that was not delivered is an error, with the reason.",
  fields,
  output: {
    properties: {
      message: {
        type: "object",
        properties: {
          number: { type: "integer" },
          step: { type: "string" },
          channel: { type: "string" },
          key: { type: "string" },
          status: { type: "string", enum: ["sent", "accepted", "consumed", "denied", "unknown"] },
          reason: { type: "string" },
          isReused: { type: "boolean" },
        },
        required: ["step", "channel", "status", "isReused"],
      },
    },
    required: ["message"],
  },
  hints: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: true },
  async call({ runId: id, stepId: step, text, channel, key }, { host, context }) {
    const { run } = await findRun(host, id);
    const { signal } = context.mcpReq;
    const receipt = await run.message(step, { channel, text, signal, ...(key === undefined ? {} : { key }) });
    const reason = receipt.reason === undefined ? undefined : printableLine(receipt.reason, limits.mcpMessageCharsMax);
    const message = { ...wireMessage(receipt), reason };
    const said = sentence(receipt, reason ?? "");
    if (isDelivered(receipt)) return { structured: { message }, text: said };
    const error = { code: `message.${receipt.status}`, message: said, repair: repairOf(receipt) };
    const told = `Error ${error.code}: ${said}\nWhat to do: ${error.repair}`;
    return { structured: { message, error }, text: told, isError: true };
  },
};

function isDelivered({ status }: MessageReceipt): boolean {
  return status !== "denied" && status !== "unknown";
}

function sentence({ step, status, isReused }: MessageReceipt, reason: string): string {
  const again = isReused ? " It had been sent before." : "";
  switch (status) {
    case "sent":
      return `The message to step ${step} is on its way.${again}`;
    case "accepted":
      return `The message to step ${step} was accepted: its program took it.${again}`;
    case "consumed":
      return `The message to step ${step} was given to the agent.${again}`;
    case "denied":
      return `The message to step ${step} was denied: ${reason}${again}`;
    case "unknown":
      return `Nobody can tell whether the message to step ${step} was delivered: ${reason}${again}`;
  }
}

function repairOf({ status }: MessageReceipt): string {
  return status === "denied"
    ? "Look with run_status whether the step runs; only an agent at work can be spoken to."
    : "Ask again with the same key and text to learn more; without a key it may be heard twice.";
}
