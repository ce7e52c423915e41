import { context, trace } from "@opentelemetry/api";
import type { Context, TracerProvider } from "@opentelemetry/api";
import type { RecordedEvent } from "../../../domain/events.ts";
import type { DerivedIds } from "./derived-ids.ts";
import { scopeName } from "./otel-observer.ts";
import { RunBook } from "./run-book.ts";
import { RunTrace } from "./run-trace.ts";

export interface TraceJournalOptions {
  /** Default: the global one. */
  readonly tracerProvider?: TracerProvider;
  /** What {@link derivedIds} gave to the tracer provider, too: the same journal then always gives the same ids. */
  readonly ids?: DerivedIds;
  /** Whose active span is the parent of the run's root span. Default: the active context. */
  readonly context?: Context;
}

/**
 * Makes the trace of a run from its recorded events, from the first one on, with the recorded times: the trace that a live run would
 * have made. Counts nothing. What a journal leaves open that stops before its run does ends with the last event, marked
 * `runfold.is_incomplete`. Returns how many events there were.
 * @throws what the events, or the provider, throw.
 */
export async function traceJournal(
  events: Iterable<RecordedEvent> | AsyncIterable<RecordedEvent>,
  options: TraceJournalOptions = {},
): Promise<number> {
  const book = new RunBook(undefined);
  const tracer = (options.tracerProvider ?? trace).getTracer(scopeName);
  const parts = { tracer, ids: options.ids, context: options.context ?? context.active(), book };
  const run = new RunTrace({ ...parts, run: "", life: "" });
  let count = 0;
  let hasEnded = false;
  try {
    for await (const { event, at } of events) {
      run.apply(event, book.apply(event, at));
      count++;
      // A fork goes on after its past, which may have no end.
      if (event.type === "run.settled") hasEnded = true;
    }
  } finally {
    if (count > 0 && !hasEnded) run.breakOff();
  }
  return count;
}
