import { SpanStatusCode, trace } from "@opentelemetry/api";
import type { Attributes, Context, Link, Span, SpanContext, Tracer } from "@opentelemetry/api";
import { workKindOf } from "../../../domain/graph-document.ts";
import type { StepDocument } from "../../../domain/graph-document.ts";
import type { EpochMs, RunLife, StepId } from "../../../domain/ids.ts";
import { endAttributes, failureOf, outcomeOf } from "./attempt-facts.ts";
import type { EndOfAttempt } from "./attempt-facts.ts";
import type { DerivedIds } from "./derived-ids.ts";
import { attemptSpanId, rootIds } from "./derived-ids.ts";
import { spanTime } from "./trace-parent.ts";

interface OpenAttempt {
  readonly number: number;
  readonly span: Span;
  /** When its process was lost, while nobody knows yet whether it goes on. */
  lostAt: EpochMs | undefined;
}

export interface AttemptStart {
  readonly step: StepDocument;
  readonly attempt: number;
  readonly at: EpochMs;
  /** How long it had been ready without a slot; undefined where nobody knows. */
  readonly waitMs: number | undefined;
}

export interface AttemptSpansParts {
  readonly tracer: Tracer;
  readonly ids: DerivedIds | undefined;
  readonly life: RunLife;
  /** The context that the run's root span is in. */
  readonly context: Context;
  /** The span of the last attempt before this process wrote the run; undefined where there was none. */
  earlierSpan(step: StepId): SpanContext | "unknown" | undefined;
}

/** One span for each attempt of a run: a child of the run's, with a link to the last attempt of each step that it depended on. */
export class AttemptSpans {
  readonly #parts: AttemptSpansParts;
  readonly #open = new Map<StepId, OpenAttempt>();
  /** Of each step that has ended, its last attempt's span. */
  readonly #ended = new Map<StepId, SpanContext>();

  constructor(parts: AttemptSpansParts) {
    this.#parts = parts;
  }

  start({ step, attempt, at, waitMs }: AttemptStart): void {
    const { tracer, ids, life, context } = this.#parts;
    this.settleLost(step.id);
    const links: Link[] = [];
    const unlinked = this.#link(links, "needs", step.needs) + this.#link(links, "after", step.after);
    const attributes: Attributes = {
      "runfold.step.id": step.id,
      "runfold.step.kind": workKindOf(step),
      "runfold.attempt.number": attempt,
    };
    if (waitMs !== undefined) attributes["runfold.attempt.wait_ms"] = waitMs;
    if (unlinked > 0) attributes["runfold.attempt.unlinked"] = unlinked;
    const make = (): Span =>
      tracer.startSpan(`step ${step.id}`, { startTime: spanTime(at), links, attributes }, context);
    const derived = ids && { traceId: rootIds(life).traceId, spanId: attemptSpanId(life, step.id, attempt) };
    const span = derived === undefined ? make() : ids!.during(derived, make);
    this.#open.set(step.id, { number: attempt, span, lostAt: undefined });
  }

  /** The attempt's process was lost: its span ends then, unless the attempt is resumed. */
  lose(step: StepId, at: EpochMs): void {
    const open = this.#open.get(step);
    if (open !== undefined) open.lostAt = at;
  }

  resume(step: StepId): void {
    const open = this.#open.get(step);
    if (open !== undefined) open.lostAt = undefined;
  }

  /** Ends the span of an attempt that was lost and did not go on. */
  settleLost(step: StepId): void {
    const open = this.#open.get(step);
    if (open?.lostAt === undefined) return;
    const { span, lostAt } = open;
    this.#close(step, open);
    span.setAttributes({ "runfold.attempt.outcome": "interrupted", "error.type": "interrupted" });
    span.setStatus({ code: SpanStatusCode.ERROR, message: "The process that ran it was lost." });
    span.end(spanTime(lostAt));
  }

  end(event: EndOfAttempt, at: EpochMs): void {
    this.settleLost(event.step);
    const open = this.#open.get(event.step);
    if (open === undefined) return;
    const { span } = open;
    this.#close(event.step, open);
    span.setAttributes(endAttributes(event));
    if (event.type === "step.retryScheduled") span.setAttribute("runfold.attempt.is_retried", true);
    const outcome = outcomeOf(event);
    if (outcome !== "succeeded" && outcome !== "canceled") {
      span.setStatus({ code: SpanStatusCode.ERROR, message: failureOf(event)?.message ?? "" });
    }
    span.end(spanTime(at));
  }

  /** Ends what is still open: of a journal that stops before its run does. */
  endAll(at: EpochMs): void {
    for (const [step, open] of this.#open) {
      this.settleLost(step);
      if (!this.#open.has(step)) continue;
      this.#close(step, open);
      open.span.setAttribute("runfold.is_incomplete", true);
      open.span.end(spanTime(at));
    }
  }

  /** The span of the attempt of a step that is under way, whichever it is. */
  spanOf(step: StepId, attempt?: number): Span | undefined {
    const open = this.#open.get(step);
    return attempt === undefined || open?.number === attempt ? open?.span : undefined;
  }

  contextOf(step: StepId, attempt: number): Context | undefined {
    const span = this.spanOf(step, attempt);
    return span && trace.setSpan(this.#parts.context, span);
  }

  /** First, so that a provider which fails now is not asked about the same attempt for ever. */
  #close(step: StepId, { span }: OpenAttempt): void {
    this.#open.delete(step);
    this.#ended.set(step, span.spanContext());
  }

  /** Returns how many of the dependencies have a span that is not known. */
  #link(links: Link[], kind: "needs" | "after", steps: readonly StepId[] = []): number {
    let unlinked = 0;
    for (const id of steps) {
      const context = this.#ended.get(id) ?? this.#parts.earlierSpan(id);
      if (context === "unknown") unlinked++;
      else if (context !== undefined)
        links.push({ context, attributes: { "runfold.link": kind, "runfold.step.id": id } });
    }
    return unlinked;
  }
}
