/** The entry point `runfold/xstate`: runs as actors of one's own XState machines. */
export { toActorLogic } from "./xstate/run-logic.ts";
export type { RunLogic, RunLogicOptions } from "./xstate/run-logic.ts";
export type {
  Results,
  RunActorSnapshot,
  RunCancelEvent,
  RunInput,
  RunOutput,
  RunOutputs,
  RunProgress,
} from "./xstate/run-snapshot.ts";
