import { ProcessRecord } from "../../src/actors/process-record.ts";
import { Runtime } from "../../src/actors/runtime.ts";
import type { RuntimeParts } from "../../src/actors/runtime-parts.ts";
import type { RuntimeDiagnostic } from "../../src/actors/runtime-diagnostics.ts";
import { memoryArtifacts } from "../../src/adapters/artifacts/memory-artifacts.ts";
import { memoryJournal } from "../../src/adapters/journals/memory-journal.ts";
import type { Commit } from "../../src/domain/commit.ts";
import type { Graph } from "../../src/domain/graph.ts";
import { failed, failingJournal, scriptedExecutor, seededEntropy, succeeded, virtualClock } from "runfold/testing";
import type { FailingJournal, ScriptedAttempt, ScriptedExecutor, VirtualClock } from "runfold/testing";
import type { Behaviour, Scenario } from "./run-arbitrary.ts";
import { failureOf } from "./run-arbitrary.ts";

export interface RunWorld {
  readonly runtime: Runtime;
  readonly clock: VirtualClock;
  readonly journal: FailingJournal;
  readonly executor: ScriptedExecutor;
  readonly diagnostics: readonly RuntimeDiagnostic[];
  commitsOf(run: string): Promise<readonly Commit[]>;
}

/**
 * A runtime in which every attempt behaves as its scenario says, in virtual time, and nothing is real. With `on` it shares time and
 * journal with another one.
 */
export function openRunWorld(
  scenario: Scenario,
  notices: RuntimeParts["notices"] = [],
  observers: RuntimeParts["observers"] = [],
  on: Partial<Pick<RunWorld, "clock" | "journal">> = {},
): RunWorld {
  const { clock = virtualClock({ startMs: 1_000_000 }), journal = failingJournal(memoryJournal()) } = on;
  const diagnostics: RuntimeDiagnostic[] = [];
  const behaviourOf = ({ step, number }: ScriptedAttempt): Behaviour => {
    const list = scenario.behaviours[Number(step.slice(1))] ?? scenario.behaviours[0]!;
    return list[Math.min(number, list.length) - 1]!;
  };
  const later = (ms: number, act: () => void): void => void clock.setTimer(clock.now() + ms, act);
  const executor = scriptedExecutor({
    started: (attempt) => {
      const { ends, tells, afterMs } = behaviourOf(attempt);
      if (tells) attempt.attempt.note("Begun.");
      if (ends === "succeeds") later(afterMs, () => attempt.end(succeeded(attempt.number)));
      if (ends === "fails") later(afterMs, () => attempt.end(failed()));
      if (ends === "failsForGood") later(afterMs, () => attempt.end(failed("It failed.", { final: true })));
    },
    stops: (attempt, { cause }) => {
      const { stopped, stopsAfterMs } = behaviourOf(attempt);
      if (stopped === "succeeds") later(stopsAfterMs, () => attempt.end(succeeded("late")));
      const failure = failureOf(cause === "timedOut" ? "timedOut" : "aborted");
      if (stopped === "fails") later(stopsAfterMs, () => attempt.end({ type: "failed", failure }));
    },
  });
  const runtime = new Runtime({
    journal,
    artifacts: memoryArtifacts(),
    clock,
    entropy: seededEntropy(),
    workspace: { inspect: async () => ({ code: "none", message: "None." }), realRoot: async (root) => root },
    executors: new Map(executor.kinds.map((kind) => [kind, executor])),
    owner: { host: "here", pid: 1, processStart: "1" },
    root: "/work",
    abortGraceMs: 60,
    liveRunsMax: 100,
    bindTasks: () => undefined,
    releaseTasks: () => undefined,
    record: new ProcessRecord(),
    livenessOf: () => "alive",
    writesCheckpoints: false,
    notices,
    observers,
    onDiagnostic: (diagnostic) => void diagnostics.push(diagnostic),
  });
  return {
    runtime,
    clock,
    journal,
    executor,
    diagnostics,
    commitsOf: (run) => journal.read(run, 0, Number.MAX_SAFE_INTEGER),
  };
}

export function graphOf({ graph }: Scenario): Graph {
  return { document: graph, tasks: new Map() };
}

/**
 * Moves time on until no timer of any run is left. With `heldTimers`, every append, or its answer, is held while so many timers
 * fire, so that what arrives meanwhile is decided and published together.
 */
export async function runDry({ clock, journal }: Pick<RunWorld, "clock" | "journal">, heldTimers = 0): Promise<void> {
  await clock.advanceBy(0);
  for (let round = 0; clock.nextAt !== undefined; round++) {
    if (heldTimers > 0) journal.hold(round % 2 === 0 ? "answers" : "appends");
    for (let timer = 0; timer <= heldTimers && clock.nextAt !== undefined; timer++) {
      await clock.advanceTo(Math.max(clock.nextAt, clock.now()));
    }
    journal.release();
    await clock.advanceBy(0);
  }
}
