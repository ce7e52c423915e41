import type { Attributes } from "@opentelemetry/api";
import type { Event, StepEvent } from "../../../domain/events.ts";
import type { Failure } from "../../../domain/failure.ts";
import { limits } from "../../../domain/limits.ts";
import type { Usage } from "../../../domain/usage.ts";

/** How an attempt ended, as traces and metrics say it. */
export type AttemptOutcome = "succeeded" | "failed" | "timed_out" | "canceled" | "interrupted";

/** An event that ends the attempt which is under way, if one is. */
export type EndOfAttempt = Extract<
  StepEvent,
  { type: "step.succeeded" | "step.failed" | "step.timedOut" | "step.canceled" | "step.retryScheduled" }
>;

export function outcomeOf(event: EndOfAttempt): AttemptOutcome {
  switch (event.type) {
    case "step.succeeded":
      return "succeeded";
    case "step.canceled":
      return "canceled";
    case "step.timedOut":
      return "timed_out";
    case "step.retryScheduled":
      return event.failure.kind === "timedOut" ? "timed_out" : "failed";
    case "step.failed":
      return "failed";
  }
}

export function failureOf(event: EndOfAttempt): Failure | undefined {
  return event.type === "step.succeeded" ? undefined : event.failure;
}

/** What went wrong, and what models were asked for, after the conventions of OpenTelemetry. */
export function endAttributes(event: EndOfAttempt): Attributes {
  const failure = failureOf(event);
  const attributes: Attributes = { "runfold.attempt.outcome": outcomeOf(event) };
  if (failure !== undefined) attributes["error.type"] = failure.code ?? failure.kind;
  if (failure?.exitCode !== undefined) attributes["process.exit.code"] = failure.exitCode;
  if (failure?.signal !== undefined) attributes["runfold.attempt.signal"] = failure.signal;
  if (event.usage !== undefined) addUsage(attributes, event.usage);
  return attributes;
}

function addUsage(attributes: Attributes, { inputTokens, outputTokens, costUsd, turns, model }: Usage): void {
  attributes["gen_ai.usage.input_tokens"] = inputTokens;
  attributes["gen_ai.usage.output_tokens"] = outputTokens;
  if (model !== undefined) attributes["gen_ai.response.model"] = model;
  if (turns !== undefined) attributes["runfold.usage.turns"] = turns;
  if (costUsd !== undefined) attributes["runfold.usage.cost_usd"] = costUsd;
}

/**
 * What an event says on the span of its attempt, or of its run; undefined for one that says nothing there. Neither texts of messages nor
 * outputs are told: traces go to places that are not made for secrets.
 */
export function pointOf(event: Event): Attributes | undefined {
  switch (event.type) {
    case "run.recovered":
      return { "runfold.run.epoch": event.epoch };
    case "run.cancelRequested":
      return { "runfold.reason": event.reason, "runfold.force": event.force };
    case "run.expired":
      return {};
    case "step.abortRequested":
      return { "runfold.stop.cause": event.cause, "runfold.force": event.force };
    case "step.interrupted":
    case "step.resumed":
    case "step.canceled":
      return {};
    case "step.retryScheduled":
      return { "runfold.retry.at_ms": event.retryAt, "error.type": event.failure.code ?? event.failure.kind };
    case "step.blocked": {
      const blockers = event.by.slice(0, limits.spanBlockersMax).map(({ step }) => step);
      const omitted = event.by.length - blockers.length;
      return {
        "runfold.blocked_by": blockers,
        ...(omitted === 0 ? {} : { "runfold.blocked_by.omitted": omitted }),
      };
    }
    case "step.progressed": {
      if (event.report.kind !== "tool") return undefined;
      const { tool, phase, call, isError } = event.report;
      return {
        "gen_ai.tool.name": tool,
        "runfold.tool.phase": phase,
        ...(call === undefined ? {} : { "gen_ai.tool.call.id": call }),
        ...(isError === undefined ? {} : { "runfold.tool.is_error": isError }),
      };
    }
    case "message.sent":
    case "message.denied":
      return { "runfold.message.number": event.message, "runfold.message.channel": event.channel };
    case "message.accepted":
    case "message.consumed":
    case "message.unknown":
      return { "runfold.message.number": event.message };
    case "artifact.stored":
      return { "runfold.artifact.name": event.artifact.name, "runfold.artifact.bytes": event.artifact.bytes };
    case "diagnostic.recorded": {
      const { code, severity, message } = event;
      return { "runfold.diagnostic.code": code, "runfold.severity": severity, "runfold.diagnostic.message": message };
    }
    default:
      return undefined;
  }
}
