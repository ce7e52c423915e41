/** The entry point `runfold/otel`: traces and metrics of runs, by way of the API package of OpenTelemetry. */
export { openTelemetry } from "./adapters/observers/otel/otel-observer.ts";
export type { TelemetryOptions } from "./adapters/observers/otel/otel-observer.ts";
export { derivedIds } from "./adapters/observers/otel/derived-ids.ts";
export type { DerivedIds } from "./adapters/observers/otel/derived-ids.ts";
export { traceJournal } from "./adapters/observers/otel/trace-journal.ts";
export type { TraceJournalOptions } from "./adapters/observers/otel/trace-journal.ts";
