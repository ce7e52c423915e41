import { isSpanContextValid, trace } from "@opentelemetry/api";
import type { Context, Span, SpanContext } from "@opentelemetry/api";
import type { Event } from "../../../domain/events.ts";
import type { EpochMs, RunId, RunLife, StepId } from "../../../domain/ids.ts";
import { isStepEnded } from "../../../domain/status.ts";
import type { RunBeginning, RunPast } from "../../../ports/observer.ts";
import { pointOf } from "./attempt-facts.ts";
import { AttemptSpans } from "./attempt-spans.ts";
import { attemptSpanId } from "./derived-ids.ts";
import { beginRoot, continueRoot, endRoot, isDerived } from "./root-span.ts";
import type { RootFacts, RootParts } from "./root-span.ts";
import type { RunBook } from "./run-book.ts";
import { markFrom, markText, remoteContext, spanTime } from "./trace-parent.ts";

/** The code of the diagnostic by which later owners of a run, and its forks, find its trace. */
const markCode = "trace-context";

export interface RunTraceParts extends RootParts {
  readonly book: RunBook;
  /** The run as an earlier owner left it; its spans are not known here. */
  readonly past?: RunPast | undefined;
  /** Whose run it is; what its first event says where that is told. */
  readonly run: RunId;
  readonly life: RunLife;
  /** Keeps the mark of the trace. Absent where the run is over. */
  readonly note?: RunBeginning["note"];
}

/** The trace of one run: folds its events, which its book knows already, into a root span and one span for each attempt. */
export class RunTrace {
  readonly #parts: RunTraceParts;
  readonly #counts: Record<string, number> = {};
  #root: Span | undefined;
  #attempts: AttemptSpans | undefined;

  constructor(parts: RunTraceParts) {
    this.#parts = parts;
    const { past } = parts;
    for (const { id } of past?.graph.steps ?? []) {
      const status = past?.step(id)?.status;
      if (status !== undefined && isStepEnded(status)) this.#count(status);
    }
  }

  apply(event: Event, at: EpochMs): void {
    switch (event.type) {
      case "run.started":
        this.#begin(event, at, undefined);
        return;
      case "run.forked":
        this.#fork(event, at);
        return;
      case "run.recovered":
        if (this.#root === undefined) this.#goOn(event.epoch, at);
        this.#tell(event, at);
        return;
      case "run.settled":
        this.#attempts?.endAll(at);
        // Whoever holds the run for long holds no spans.
        this.#attempts = undefined;
        if (this.#root !== undefined) endRoot(this.#root, event.status, this.#counts, at);
        return;
      case "step.started": {
        const { book } = this.#parts;
        const step = book.stepOf(event.step);
        if (step === undefined) return;
        this.#attempts?.start({ step, attempt: event.attempt, at, waitMs: book.waitMs(event.step, at) });
        return;
      }
      case "step.interrupted":
        this.#revive(event.step, event.attempt);
        this.#tell(event, at);
        this.#attempts?.lose(event.step, at);
        return;
      case "step.resumed":
        this.#attempts?.resume(event.step);
        this.#tell(event, at);
        return;
      case "step.retryScheduled":
        this.#tell(event, at);
        this.#attempts?.end(event, at);
        return;
      case "step.canceled":
        this.#count("canceled");
        if (event.attempt === 0) this.#tell(event, at);
        this.#attempts?.end(event, at);
        return;
      case "step.blocked":
        this.#count("blocked");
        this.#attempts?.settleLost(event.step);
        this.#tell(event, at);
        return;
      case "step.succeeded":
      case "step.failed":
      case "step.timedOut":
        this.#count(event.type.slice("step.".length));
        this.#attempts?.end(event, at);
        return;
      default:
        this.#tell(event, at);
    }
  }

  /** The context that the work of an attempt is done in; undefined where it has no span. */
  contextOf(step: StepId, attempt: number): Context | undefined {
    return this.#attempts?.contextOf(step, attempt);
  }

  /** Ends what a journal left open that stops before its run does. */
  breakOff(): void {
    const at = this.#parts.book.now;
    this.#attempts?.endAll(at);
    this.#root?.setAttribute("runfold.is_incomplete", true);
    this.#root?.end(spanTime(at));
  }

  #begin(event: RunNames, at: EpochMs, forkedFrom: SpanContext | undefined): void {
    const facts: RootFacts = {
      ...this.#facts(event.epoch),
      run: event.run,
      life: event.life,
      startedAt: at,
      forkedFrom,
    };
    this.#adopt(event.life, () => beginRoot(this.#parts, facts));
    this.#mark();
  }

  /** In a journal that is read as a whole the past stands before the fork, and has a trace of its own. */
  #fork(event: RunNames, at: EpochMs): void {
    const past = this.#root;
    const forkedFrom = past?.spanContext() ?? markFrom(this.#parts.past?.noteOf(markCode))?.root;
    this.#attempts?.endAll(at);
    past?.setAttribute("runfold.is_incomplete", true);
    past?.end(spanTime(at));
    this.#begin(event, at, forkedFrom);
  }

  /** This process goes on with a run whose spans an earlier owner had. */
  #goOn(epoch: number, at: EpochMs): void {
    const { life, past } = this.#parts;
    const mark = markFrom(past?.noteOf(markCode));
    const startedAt = past?.startedAt ?? at;
    const facts: RootFacts = { ...this.#facts(epoch), startedAt, forkedFrom: undefined };
    this.#adopt(life, () => continueRoot(this.#parts, facts, mark, at));
    if (mark === undefined) this.#mark();
  }

  #facts(epoch: number): Omit<RootFacts, "startedAt" | "forkedFrom"> {
    const { run, life, book } = this.#parts;
    return { run, life, epoch, graphName: book.graph.name, steps: book.graph.steps.length };
  }

  /** Where the provider cannot make a root span, attempts still have theirs, below whatever called. */
  #adopt(life: RunLife, make: () => Span): void {
    const attempts = (context: Context): AttemptSpans =>
      new AttemptSpans({ ...this.#parts, life, context, earlierSpan: (step) => this.#earlierSpan(step) });
    const { context } = this.#parts;
    this.#root = undefined;
    this.#attempts = attempts(context);
    this.#root = make();
    this.#attempts = attempts(trace.setSpan(context, this.#root));
  }

  /** A span that no provider made has no mark: its context is none, or that of its parent. */
  #mark(): void {
    const root = this.#root?.spanContext();
    if (root === undefined || !isSpanContextValid(root)) return;
    const parent = trace.getSpanContext(this.#parts.context);
    if (parent?.spanId === root.spanId) return;
    const parentSpanId = parent !== undefined && isSpanContextValid(parent) ? parent.spanId : undefined;
    this.#parts.note?.(markCode, markText({ root, parentSpanId }));
  }

  #earlierSpan(step: StepId): SpanContext | "unknown" | undefined {
    const { past, ids, life } = this.#parts;
    const attempt = past?.step(step)?.attempt ?? 0;
    if (attempt === 0) return undefined;
    const mark = markFrom(past?.noteOf(markCode));
    if (mark === undefined || past?.isOwn !== true || !isDerived(ids, life, mark)) return "unknown";
    return remoteContext(mark.root.traceId, attemptSpanId(life, step, attempt), mark.root.traceFlags);
  }

  /** The span of an attempt was lost with its process, before it ended: it is made again, with its recorded start. */
  #revive(id: StepId, attempt: number): void {
    const { past, book } = this.#parts;
    const step = book.stepOf(id);
    const startedAt = book.startedAt(id);
    if (past?.isOwn !== true || step === undefined || startedAt === undefined) return;
    if (this.#attempts?.spanOf(id) !== undefined) return;
    this.#attempts?.start({ step, attempt, at: startedAt, waitMs: undefined });
  }

  /** As a point in time on the span of the attempt that it is about, or of the run. */
  #tell(event: Event, at: EpochMs): void {
    if (event.type === "diagnostic.recorded" && event.code === markCode) return;
    const attributes = pointOf(event);
    if (attributes === undefined) return;
    const step = "step" in event ? event.step : undefined;
    const span = step === undefined ? undefined : this.#attempts?.spanOf(step);
    if (span !== undefined || step === undefined) {
      (span ?? this.#root)?.addEvent(event.type, attributes, spanTime(at));
    } else {
      this.#root?.addEvent(event.type, { ...attributes, "runfold.step.id": step }, spanTime(at));
    }
  }

  #count(status: string): void {
    const name = status === "timedOut" ? "timed_out" : status;
    this.#counts[name] = (this.#counts[name] ?? 0) + 1;
  }
}

interface RunNames {
  readonly run: RunId;
  readonly life: RunLife;
  readonly epoch: number;
}
