import { headOf } from "../domain/cut-text.ts";
import { limits } from "../domain/limits.ts";
import type { Event, RecordedEvent, RunSnapshot } from "../index.ts";
import { isoTime, wireStatus } from "./run-rows.ts";
import type { TeamEvent } from "./team-details.ts";

type Said = Omit<TeamEvent, "seq" | "time">;

/** An event as clients of the predecessor know events. */
export function teamEvent({ position, at, event }: RecordedEvent, run: RunSnapshot): TeamEvent {
  const { preview, ...said } = saidOf(event, run);
  const max = limits.toolEventPreviewCharsMax;
  const cut = preview !== undefined && preview.length > max ? `${headOf(preview, max)}...` : preview;
  return { seq: position, time: isoTime(at), ...said, ...(cut === undefined || cut === "" ? {} : { preview: cut }) };
}

function saidOf(event: Event, run: RunSnapshot): Said {
  switch (event.type) {
    case "run.started":
    case "run.forked":
      return { type: "run", label: "start", preview: `runId=${event.run}`, status: "running" };
    case "run.recovered":
      return { type: "run", label: "recovered", preview: `process ${event.owner.pid}`, status: "running" };
    case "run.cancelRequested":
      return { type: "run", label: "cancel", preview: event.reason, status: "running" };
    case "run.expired":
      return { type: "run", label: "expired", preview: "The run is out of time (maxRunSeconds).", status: "error" };
    case "run.settled":
      return { type: "run", label: "terminal", preview: event.status, status: "done" };
    case "run.cleaned":
      return { type: "run", label: "cleanup", preview: event.reason, status: "done" };
    case "diagnostic.recorded": {
      const status = event.severity === "error" ? "error" : "done";
      return { ...of(event.step), type: "diagnostic", label: event.code, preview: event.message, status };
    }
    case "artifact.stored":
      return { ...of(event.step), type: "step", label: "artifact", preview: event.artifact.name, status: "done" };
    default:
      return event.type.startsWith("step.") ? stepSaid(event, run) : otherSaid(event);
  }
}

function stepSaid(event: Event, run: RunSnapshot): Said {
  switch (event.type) {
    case "step.started": {
      const agent = run.steps.get(event.step)?.definition.agent;
      const preview = agent?.ref ?? `inline:${event.step}`;
      return { ...of(event.step), type: "step", label: "start", preview, status: "running" };
    }
    case "step.progressed":
      return { ...of(event.step), ...progressSaid(event.report) };
    case "step.succeeded":
      return { ...of(event.step), type: "step", label: "finish", preview: "succeeded", status: "succeeded" };
    case "step.failed":
    case "step.timedOut": {
      const status = event.type === "step.failed" ? "failed" : "timed_out";
      return { ...of(event.step), type: "step", label: "finish", preview: event.failure.message, status };
    }
    case "step.canceled":
      return { ...of(event.step), type: "step", label: "finish", preview: event.reason, status: "canceled" };
    case "step.blocked": {
      const preview = `Blocked by ${event.by.map((one) => `${one.step}=${wireStatus(one.status)}`).join(", ")}`;
      return { ...of(event.step), type: "step", label: "finish", preview, status: "blocked" };
    }
    case "step.abortRequested":
      return { ...of(event.step), type: "step", label: "stopping", preview: event.cause, status: "running" };
    case "step.retryScheduled":
      return { ...of(event.step), type: "step", label: "retry", preview: event.failure.message, status: "running" };
    default:
      return otherSaid(event);
  }
}

function progressSaid(report: Extract<Event, { type: "step.progressed" }>["report"]): Said {
  switch (report.kind) {
    case "text":
      return { type: "assistant_delta", label: "text", preview: report.text, status: "running" };
    case "note":
      return { type: "rpc", label: "note", preview: report.message, status: "running" };
    case "tool": {
      const done = report.isError === true ? "error" : "done";
      const status = report.phase === "started" ? "running" : done;
      return { type: "tool", label: report.tool, ...(report.summary && { preview: report.summary }), status };
    }
  }
}

/** What the predecessor had no event for keeps the words of the journal. */
function otherSaid(event: Event): Said {
  switch (event.type) {
    case "message.sent":
      return { ...of(event.step), type: "parent_message", label: event.channel, preview: "sent", status: "running" };
    case "message.accepted":
    case "message.consumed": {
      const [, label] = event.type.split(".");
      return { ...of(event.step), type: "parent_message", label: label!, status: "done" };
    }
    case "message.denied":
      return {
        ...of(event.step),
        type: "parent_message",
        label: event.channel,
        preview: event.reason,
        status: "error",
      };
    case "message.unknown":
      return { ...of(event.step), type: "parent_message", label: "unknown", preview: event.reason, status: "error" };
    default:
      return { ...("step" in event ? of(event.step) : {}), type: "step" in event ? "step" : "run", label: event.type };
  }
}

function of(step: string | undefined): { stepId?: string } {
  return step === undefined ? {} : { stepId: step };
}
