import { isSpanContextValid, TraceFlags } from "@opentelemetry/api";
import type { HrTime, SpanContext } from "@opentelemetry/api";
import type { EpochMs } from "../../../domain/ids.ts";

/** The environment variables by which a child process goes on with a trace; undefined where there is none. */
export function traceVariables(context: SpanContext): Readonly<Record<string, string>> | undefined {
  if (!isSpanContextValid(context)) return undefined;
  const state = context.traceState?.serialize() ?? "";
  return { TRACEPARENT: traceParentOf(context), ...(state === "" ? {} : { TRACESTATE: state }) };
}

/** A span's context as W3C Trace Context writes it. */
function traceParentOf({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-${(traceFlags & 0xff).toString(16).padStart(2, "0")}`;
}

/** Where the trace of a run stands: its root span, and the span that this is a child of. */
export interface RootMark {
  readonly root: SpanContext;
  readonly parentSpanId: string | undefined;
}

/** The mark as one line of a journal, which people see too: it is what a run did last until its next event. */
export function markText({ root, parentSpanId }: RootMark): string {
  const below = parentSpanId === undefined ? "" : `, below ${parentSpanId}`;
  return `Traced as ${traceParentOf(root)}${below}.`;
}

/** Reads what {@link markText} wrote; undefined for anything else, because a journal may come from anywhere. */
export function markFrom(text: string | undefined): RootMark | undefined {
  const found = /^Traced as 00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:, below ([0-9a-f]{16}))?\.$/.exec(
    text ?? "",
  );
  if (found === null) return undefined;
  const [, traceId = "", spanId = "", flags = "", parentSpanId] = found;
  const root = remoteContext(traceId, spanId, Number.parseInt(flags, 16) & TraceFlags.SAMPLED);
  return isSpanContextValid(root) ? { root, parentSpanId } : undefined;
}

export function remoteContext(traceId: string, spanId: string, traceFlags: number): SpanContext {
  return { traceId, spanId, traceFlags, isRemote: true };
}

/** A recorded time as a span takes it. A bare number would be read as the time since the process began where it is small enough. */
export function spanTime(at: EpochMs): HrTime {
  const seconds = Math.floor(at / 1_000);
  return [seconds, Math.round((at - seconds * 1_000) * 1_000_000)];
}
