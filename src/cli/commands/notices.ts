import { positional, type Execute } from "../command.ts";
import { durationText } from "../durations.ts";
import { exitCodes } from "../exit-codes.ts";
import { findRun, openRuns } from "../open-journal.ts";
import { printable } from "../printable.ts";
import type { Style } from "../terminal.ts";
import { wireNotice, type Delivery } from "../../surfaces/wire.ts";
import { line } from "../../projections/activity.ts";
import type { EpochMs, QueuedNotice, RunNoticeMark } from "../../index.ts";

export const execute: Execute = async ({ positionals, db, isJson, out, err, style }) => {
  await using open = await openRuns(db, "read");
  const run = await findRun(open, positional({ positionals }, 0));
  const { life, startedAt, isEnded } = run.snapshot();
  const marks = (await open.runtime.notices.of(run.id)).filter((mark) => mark.life === undefined || mark.life === life);
  const notices = run.notices();
  for (const notice of notices) {
    const told = deliveriesOf(notice, marks);
    await out.line(isJson ? JSON.stringify(wireNotice(notice, told)) : textOf(notice, told, startedAt, style));
  }
  if (notices.length === 0 && !isJson) {
    await err.line(isEnded ? "The run told nothing." : "The run has not told anything yet.");
  }
  return exitCodes.done;
};

function deliveriesOf({ notice }: QueuedNotice, marks: readonly RunNoticeMark[]): readonly Delivery[] {
  const subscribers = [...new Set(marks.map(({ subscriber }) => subscriber))];
  return subscribers.map((subscriber) => {
    const mark = marks.find((one) => one.subscriber === subscriber && one.notice === notice);
    const state = mark?.state === "delivered" || mark?.state === "undelivered" ? mark.state : "waiting";
    return { subscriber, state, mark };
  });
}

function textOf(notice: QueuedNotice, told: readonly Delivery[], startedAt: EpochMs, style: Style): string {
  const { reasons, omittedReasons, isLast, at } = notice;
  const time = style.dim(durationText(at - startedAt).padStart(7));
  const more = omittedReasons === undefined ? "" : ` … and ${omittedReasons} more`;
  const last = isLast === true ? style.dim(" (the last before the end)") : "";
  const lines = told.map(({ subscriber, state, mark }) => {
    const why = mark?.reason === undefined ? "" : `: ${line(printable(mark.reason))}`;
    const words = `${subscriber}  ${state}${why}`;
    return `            ${state === "undelivered" ? style.yellow(words) : style.dim(words)}`;
  });
  return [`${time}  ${notice.notice}  ${printable(reasons.join(", "))}${more}${last}`, ...lines].join("\n");
}
