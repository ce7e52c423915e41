/** The entry point `runfold/inspect`: a run in the Stately inspector, live or recorded. */
export { inspectJournal, inspectRun } from "./inspect/inspect-run.ts";
export type { InspectJournalOptions } from "./inspect/inspect-run.ts";
export type { InspectOptions, Inspecting, InspectionEnd, Inspector } from "./inspect/inspector.ts";
export { openInspectorRelay } from "./inspect/open-relay.ts";
export type { InspectorRelay, RelayOptions } from "./inspect/relay-options.ts";
export { inspectionOf } from "./projections/inspection/inspection.ts";
export type {
  ActorSnapshot,
  InspectedActor,
  InspectedEvent,
  InspectedSnapshot,
  InspectionMessage,
  SignalShown,
} from "./projections/inspection/message.ts";
export type { StepChoice, StepFilter } from "./projections/inspection/shown-steps.ts";
