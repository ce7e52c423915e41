import { hasOption, positional, textOption, type Execute, type Invocation } from "../command.ts";
import { CommandError } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import { findRun, openRuns } from "../open-journal.ts";
import { abandonedText, ownerStateOf } from "../../surfaces/owner-state.ts";
import { PlainLines } from "../plain-lines.ts";
import { detailLines, headLines, stepLines } from "../status-text.ts";
import type { Style } from "../terminal.ts";
import { waitUnlessAbandoned } from "../../surfaces/wait-for-run.ts";
import { wireRunStatus } from "../../surfaces/wire.ts";
import { quotedText } from "../../domain/quoted-text.ts";
import { limits, type Run, type WaitReceipt } from "../../index.ts";

export const execute: Execute = async (invocation) => {
  const timeoutMs = waitMsOf(textOption(invocation, "wait"));
  await using open = await openRuns(invocation.db, "read");
  const run = await findRun(open, positional(invocation, 0));
  const receipt = await waited(run, invocation, timeoutMs);
  const now = receipt?.run ?? run.snapshot();
  const stepId = textOption(invocation, "step");
  // Asks the run, so that an unknown step is told in its words.
  const step = stepId === undefined ? undefined : (await run.result(stepId)).step;
  const ownerState = ownerStateOf(now);
  const { out, isJson, style } = invocation;
  if (isJson) await out.line(JSON.stringify(wireRunStatus(now, { ownerState, step, receipt })));
  else {
    const lines =
      step === undefined
        ? stepLines(now, "--json shows all, --step STEP one of them", style)
        : detailLines(step, style);
    await out.line([...headLines(now, style), ...lines, ...receiptLines(receipt, style)].join("\n"));
    if (ownerState === "gone") await out.line(abandonedText(now));
  }
  return exitCodes.done;
};

function waitMsOf(seconds: string | undefined): number | undefined {
  if (seconds === undefined) return undefined;
  const number = /^\d+(?:\.\d+)?$/.test(seconds) ? Number(seconds) : Number.NaN;
  if (number >= 0 && number <= limits.waitSecondsMax) return number * 1_000;
  const message = `--wait takes seconds from 0 to ${limits.waitSecondsMax}, not ${quotedText(seconds)}. Write for example --wait 30.`;
  throw new CommandError("wait.invalid", message);
}

/** A cursor alone only asks what has happened since. */
async function waited(
  run: Run,
  invocation: Invocation,
  timeoutMs: number | undefined,
): Promise<WaitReceipt | undefined> {
  const after = textOption(invocation, "after");
  if (timeoutMs === undefined && !hasOption(invocation, "after")) return undefined;
  const step = textOption(invocation, "step");
  const place = { ...(after === undefined ? {} : { after }), ...(step === undefined ? {} : { step }) };
  return await waitUnlessAbandoned(run, { ...place, timeoutMs: timeoutMs ?? 0 });
}

function receiptLines(receipt: WaitReceipt | undefined, style: Style): string[] {
  if (receipt === undefined) return [];
  const words = { end: "ended", event: "something happened", timeout: "nothing happened" } as const;
  const plain = new PlainLines(style);
  const lines = receipt.events.flatMap((event) => plain.lineOf(event) ?? []);
  const more = receipt.omittedEvents === 0 ? [] : [`  … and ${receipt.omittedEvents} more events`];
  return [`Since ${receipt.before}: ${words[receipt.woke]}`, ...lines, ...more];
}
