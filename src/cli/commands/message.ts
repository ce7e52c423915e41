import { hasOption, positional, textOption, type Execute } from "../command.ts";
import { CommandError } from "../errors.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { findRun, openRuns } from "../open-journal.ts";
import { printable } from "../printable.ts";
import { readMessage } from "../read-message.ts";
import { shellWord } from "../shell-word.ts";
import { wireMessage } from "../../surfaces/wire.ts";
import type { MessageChannel, MessageReceipt } from "../../index.ts";

export const execute: Execute = async (invocation) => {
  const { db, isJson, out } = invocation;
  const channel = channelOf(textOption(invocation, "channel"));
  const key = textOption(invocation, "key");
  if (hasOption(invocation, "key") && key === "") throw new CommandError("usage.invalid", "--key needs a value.");
  const text = await readMessage(positional(invocation, 2));
  await using open = await openRuns(db, "write");
  const run = await findRun(open, positional(invocation, 0));
  const named = key === undefined ? {} : { key };
  const receipt = await run.message(positional(invocation, 1), { channel, text, ...named });
  await out.line(isJson ? JSON.stringify({ message: wireMessage(receipt) }) : sentence(receipt));
  return exitCodeOf(receipt);
};

function channelOf(given: string | undefined): MessageChannel {
  if (given === "steer" || given === "follow_up") return given;
  const message =
    given === undefined
      ? "message needs --channel. Write --channel=steer to be heard during the work, or --channel=follow_up after it."
      : `--channel is steer or follow_up, not ${JSON.stringify(given)}.`;
  throw new CommandError("usage.invalid", message);
}

function exitCodeOf({ status }: MessageReceipt): ExitCode {
  return status === "accepted" || status === "consumed" ? exitCodes.done : exitCodes.failed;
}

function sentence({ message, step, status, reason, key, isReused }: MessageReceipt): string {
  const name = message === undefined ? `The message to step ${step}` : `Message ${message} to step ${step}`;
  const again = isReused ? " It had been sent before." : "";
  switch (status) {
    case "sent":
      return `${name} is on its way.${again}`;
    case "accepted":
      return `${name} was accepted: its program took it.${again}`;
    case "consumed":
      return `${name} was given to the agent.${again}`;
    case "denied":
      return `${name} was denied: ${printable(reason ?? "")}${again}`;
    case "unknown": {
      const retry = key === undefined ? "" : ` Its key is ${shellWord(printable(key))}.`;
      return `Nobody can tell whether ${name.replace(/^T/, "t").replace(/^M/, "m")} was delivered: ${printable(reason ?? "")}${retry}${again}`;
    }
  }
}
