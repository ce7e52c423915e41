import { cutText } from "../domain/cut-text.ts";
import type { Event, ProgressReport } from "../domain/events.ts";

const lineCharsMax = 180;

/** What is written as one word in code. */
const words: Readonly<Record<string, string>> = { timedOut: "timed out" };

/** One line, for people, about what an event means for its step or its run. Texts of others are folded and cut. */
export function activityOf(event: Event): string {
  switch (event.type) {
    case "run.started":
      return "started";
    case "run.recovered":
      return `taken over by process ${event.owner.pid} on ${line(event.owner.host)}`;
    case "run.forked":
      return `forked from ${line(event.from.run)} at position ${event.from.position}`;
    case "run.cancelRequested":
      return event.force
        ? `cancel requested, by force: ${line(event.reason)}`
        : `cancel requested: ${line(event.reason)}`;
    case "run.expired":
      return "out of time";
    case "run.settled":
      return event.status;
    case "run.cleaned":
      return "cleaned up";
    case "diagnostic.recorded":
      return `${event.severity}: ${line(event.message)}`;
    case "notice.queued":
      return `notice ${event.notice} queued: ${line(event.reasons.join(", "))}`;
    case "artifact.stored":
      return `kept ${event.artifact.name}`;
    case "step.started":
      return event.attempt === 1 ? "started" : `attempt ${event.attempt} started`;
    case "step.progressed":
      return reported(event.report);
    case "step.abortRequested":
      return event.force
        ? `stopping by force: ${words[event.cause] ?? event.cause}`
        : `stopping: ${words[event.cause] ?? event.cause}`;
    case "step.interrupted":
      return `attempt ${event.attempt} was lost with its process`;
    case "step.resumed":
      return `attempt ${event.attempt} goes on`;
    case "step.retryScheduled":
      return `attempt ${event.attempt} failed, will retry: ${line(event.failure.message)}`;
    case "step.retryDue":
      return "waiting for a slot to retry";
    case "step.succeeded":
      return "succeeded";
    case "step.failed":
      return `failed: ${line(event.failure.message)}`;
    case "step.timedOut":
      return `timed out: ${line(event.failure.message)}`;
    case "step.canceled":
      return `canceled: ${line(event.reason)}`;
    case "step.blocked":
      return `blocked by ${line(event.by.map(({ step, status }) => `${step} (${words[status] ?? status})`).join(", "))}`;
    case "message.sent":
      return `message ${event.message} sent as ${event.channel}: ${line(event.text)}`;
    case "message.accepted":
      return `message ${event.message} accepted`;
    case "message.consumed":
      return `message ${event.message} given to the agent`;
    case "message.denied":
      return `message ${event.message} denied: ${line(event.reason)}`;
    case "message.unknown":
      return `message ${event.message} unknown: ${line(event.reason)}`;
  }
}

function reported(report: ProgressReport): string {
  switch (report.kind) {
    case "text":
      return lastLine(report.text);
    case "note":
      return line(report.message);
    case "tool": {
      const { tool, phase, isError, summary } = report;
      const said = `tool ${tool}: ${phase}${isError === true ? " with an error" : ""}`;
      return line(summary === undefined ? said : `${said}, ${summary}`);
    }
  }
}

/** A text as one line without control characters, cut at a code point. */
export function line(text: string): string {
  // Only so much of a long text can be seen; the rest need not be looked at.
  const folded = text
    .slice(0, lineCharsMax * 4)
    .replace(/[\s\p{Cc}\p{Cs}\p{Bidi_Control}]+/gu, " ")
    .trim();
  return cutText(folded, lineCharsMax);
}

function lastLine(text: string): string {
  const end = text.trimEnd();
  return line(end.slice(Math.max(end.lastIndexOf("\n") + 1, end.length - lineCharsMax * 4)));
}
