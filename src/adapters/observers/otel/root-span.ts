import { ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import type { Context, Link, Span, SpanContext, Tracer } from "@opentelemetry/api";
import type { RunEnd } from "../../../domain/status.ts";
import type { EpochMs, RunId, RunLife } from "../../../domain/ids.ts";
import type { DerivedIds } from "./derived-ids.ts";
import { rootIds } from "./derived-ids.ts";
import { remoteContext, spanTime } from "./trace-parent.ts";
import type { RootMark } from "./trace-parent.ts";

export interface RootParts {
  readonly tracer: Tracer;
  readonly ids: DerivedIds | undefined;
  /** The context of whoever began the run, or took it over. */
  readonly context: Context;
}

export interface RootFacts {
  readonly run: RunId;
  readonly life: RunLife;
  readonly graphName: string;
  readonly steps: number;
  readonly epoch: number;
  readonly startedAt: EpochMs;
  /** The trace of the run whose past this one begins with. */
  readonly forkedFrom: SpanContext | undefined;
}

/** The root span of a run that begins: a child of whatever span its caller is in. */
export function beginRoot(parts: RootParts, facts: RootFacts): Span {
  const links =
    facts.forkedFrom === undefined
      ? []
      : [{ context: facts.forkedFrom, attributes: { "runfold.link": "forked_from" } }];
  return makeRoot(parts, facts, parts.context, links);
}

/**
 * The root span for an owner that goes on with a run. With derived ids it is the very span that the earlier owner lost; else one below
 * it, in the same trace.
 */
export function continueRoot(parts: RootParts, facts: RootFacts, mark: RootMark | undefined, at: EpochMs): Span {
  if (mark === undefined) return makeRoot(parts, { ...facts, startedAt: at }, parts.context, []);
  const resumer = trace.getSpanContext(parts.context);
  const links: Link[] =
    resumer === undefined ? [] : [{ context: resumer, attributes: { "runfold.link": "resumed_by" } }];
  const { root, parentSpanId } = mark;
  if (!isDerived(parts.ids, facts.life, mark)) {
    return makeRoot(parts, { ...facts, startedAt: at }, trace.setSpanContext(parts.context, root), links);
  }
  const parent = parentSpanId && remoteContext(root.traceId, parentSpanId, root.traceFlags);
  return makeRoot(parts, facts, parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT, links);
}

/** Whether the spans of the trace that a mark names have ids that can be made again. */
export function isDerived(ids: DerivedIds | undefined, life: RunLife, mark: RootMark | undefined): boolean {
  if (ids === undefined || mark === undefined) return false;
  const { traceId, spanId } = rootIds(life);
  return mark.root.spanId === spanId && (mark.parentSpanId !== undefined || mark.root.traceId === traceId);
}

export function endRoot(span: Span, status: RunEnd, counts: Readonly<Record<string, number>>, at: EpochMs): void {
  span.setAttribute("runfold.run.status", status);
  for (const [ended, count] of Object.entries(counts)) span.setAttribute(`runfold.steps.${ended}`, count);
  // A cancel is what somebody wanted.
  if (status !== "succeeded" && status !== "canceled") {
    span.setAttribute("error.type", status);
    span.setStatus({ code: SpanStatusCode.ERROR, message: `The run ended ${status}.` });
  }
  span.end(spanTime(at));
}

function makeRoot({ tracer, ids }: RootParts, facts: RootFacts, parent: Context, links: Link[]): Span {
  const make = (): Span =>
    tracer.startSpan(
      `run ${facts.graphName}`,
      {
        startTime: spanTime(facts.startedAt),
        links,
        attributes: {
          "runfold.run.id": facts.run,
          "runfold.run.life": facts.life,
          "runfold.run.epoch": facts.epoch,
          "runfold.graph.name": facts.graphName,
          "runfold.graph.steps": facts.steps,
        },
      },
      parent,
    );
  return ids === undefined ? make() : ids.during(rootIds(facts.life), make);
}
