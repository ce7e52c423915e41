/** The entry point `runfold/testing`: time, chance, work and a journal in the hands of a test. */
export { virtualClock } from "./adapters/clocks/virtual-clock.ts";
export type { VirtualClock, VirtualClockOptions } from "./adapters/clocks/virtual-clock.ts";
export { seededEntropy } from "./adapters/entropy/seeded-entropy.ts";
export { failed, scriptedExecutor, succeeded } from "./adapters/executors/scripted-executor.ts";
export type {
  ScriptedAttempt,
  ScriptedExecutor,
  ScriptedExecutorOptions,
} from "./adapters/executors/scripted-executor.ts";
export { failingJournal } from "./adapters/journals/failing-journal.ts";
export type { AppendFault, FailingJournal, JournalCall } from "./adapters/journals/failing-journal.ts";
