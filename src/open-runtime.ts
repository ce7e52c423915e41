import { resolve } from "node:path";
import { realpath } from "node:fs/promises";
import { foreknownAgents } from "./agent-options.ts";
import type { AgentOptions } from "./agent-options.ts";
import { deferredExecutor } from "./deferred-executor.ts";
import { ProcessRecord } from "./actors/process-record.ts";
import { Runtime } from "./actors/runtime.ts";
import type { RuntimeParts } from "./actors/runtime-parts.ts";
import type { RuntimeDiagnostic } from "./actors/runtime-diagnostics.ts";
import { directoryArtifacts } from "./adapters/artifacts/directory-artifacts.ts";
import { memoryArtifacts } from "./adapters/artifacts/memory-artifacts.ts";
import { systemClock } from "./adapters/clocks/system-clock.ts";
import { systemEntropy } from "./adapters/entropy/system-entropy.ts";
import { commandExecutor } from "./adapters/executors/command/command-executor.ts";
import { ChildProcesses } from "./adapters/executors/processes/child-processes.ts";
import { inspectPlace } from "./adapters/executors/processes/working-directory.ts";
import { taskExecutor } from "./adapters/executors/task-executor.ts";
import { memoryJournal } from "./adapters/journals/memory-journal.ts";
import { livenessOf, thisProcess } from "./adapters/owners/process-owner.ts";
import type { Graph, TaskBinding } from "./domain/graph.ts";
import type { WorkKind } from "./domain/graph-document.ts";
import { limits } from "./domain/limits.ts";
import type { Work } from "./domain/work.ts";
import type { ArtifactStore } from "./ports/artifact-store.ts";
import type { Clock } from "./ports/clock.ts";
import type { Entropy } from "./ports/entropy.ts";
import type { Executor } from "./ports/executor.ts";
import type { Journal } from "./ports/journal.ts";
import type { NoticeSubscription } from "./ports/notice-sink.ts";
import type { Observer } from "./ports/observer.ts";
import type { Workspace } from "./ports/workspace.ts";
import { TaskRegistry } from "./actors/task-registry.ts";

export interface RuntimeOptions {
  /** Where runs are kept. The runtime closes it. Default: a memory journal, which lives as long as the runtime. */
  readonly journal?: Journal;
  /** Default: a directory beside the journal's file, or memory where there is none. */
  readonly artifacts?: ArtifactStore;
  /** Graphs whose functions should be known before anyone starts them, as for runs that are taken over. */
  readonly graphs?: readonly Graph[];
  /** Functions by name, for steps that say `"task": "name"`. */
  readonly tasks?: Readonly<Record<string, Work<never, never, unknown>>>;
  /** How agents are set up. Default: `pi` as it is found in `PATH`, and any agent that speaks the Agent Client Protocol. */
  readonly agents?: AgentOptions;
  /** More executors; one for a kind that has a built-in one takes its place. */
  readonly executors?: readonly Executor[];
  /** The directory that steps' working directories lie in. Default: that of the process. */
  readonly root?: string;
  /** Variables of this process's environment that commands and agents get beside the usual few. */
  readonly inheritVariables?: readonly string[];
  /** Time between telling a step to stop and making it. Default: `limits.abortGraceMs`. */
  readonly abortGraceMs?: number;
  /** Default: `limits.liveRunsMax`. */
  readonly liveRunsMax?: number;
  /**
   * Who is told of what runs find worth a notice: each notice at least once, also across crashes. What a subscriber of the same name
   * was not told by an earlier process, because that was gone, it is told now.
   */
  readonly notices?: readonly NoticeSubscription[];
  /** Who watches the runs that this runtime writes, such as `openTelemetry()` of `runfold/otel`. Default: nobody, at no cost. */
  readonly observers?: readonly Observer[];
  readonly clock?: Clock;
  readonly entropy?: Entropy;
  /**
   * Whether to take over the runs of the journal that nobody writes any more, before this resolves. Not where the journal is open for
   * reading alone. Default: true.
   */
  readonly recover?: boolean;
  /** Is told once of each distinct thing that went wrong around runs without changing them. */
  readonly onDiagnostic?: (diagnostic: RuntimeDiagnostic) => void;
}

/** All runtimes of this process write in one. */
const record = new ProcessRecord();

/**
 * Opens a runtime on a journal, and goes on with what an earlier process left unfinished.
 * @throws `notice.invalid` for a subscriber's name; what the journal or the root refuses with.
 */
export async function openRuntime(options: RuntimeOptions = {}): Promise<Runtime> {
  const journal = options.journal ?? memoryJournal();
  const clock = options.clock ?? systemClock();
  const registry = new TaskRegistry(namedTasks(options.tasks ?? {}), options.graphs ?? []);
  const executors = new Map<WorkKind, Executor>();
  // Commands and agents share one guardian, and one search for what they left behind.
  const children = {
    clock,
    processes: new ChildProcesses({ clock }),
    inheritVariables: options.inheritVariables ?? [],
  };
  const builtIn = [
    taskExecutor({ find: (run, step) => registry.find(run, step) }),
    commandExecutor(children),
    deferredExecutor(foreknownAgents(options.agents ?? {}), async () => {
      const { builtInAgents } = await import("./built-in-agents.ts");
      return builtInAgents(options.agents ?? {}, children);
    }),
  ];
  for (const executor of [...builtIn, ...(options.executors ?? [])]) {
    for (const kind of executor.kinds) executors.set(kind, executor);
  }
  const workspace: Workspace = { inspect: inspectPlace, realRoot: (root) => realpath(root) };
  const parts: RuntimeParts = {
    journal,
    artifacts: options.artifacts ?? defaultArtifacts(journal),
    clock,
    entropy: options.entropy ?? systemEntropy(),
    workspace,
    executors,
    owner: thisProcess(),
    livenessOf,
    record,
    // A journal in memory is gone with its process, and so would its checkpoints be.
    writesCheckpoints: journal.location !== undefined && journal.isReadOnly !== true,
    root: resolve(options.root ?? "."),
    abortGraceMs: options.abortGraceMs ?? limits.abortGraceMs,
    liveRunsMax: options.liveRunsMax ?? limits.liveRunsMax,
    bindTasks: (run, graph) => registry.bind(run, graph),
    releaseTasks: (run) => registry.release(run),
    notices: options.notices ?? [],
    observers: options.observers ?? [],
    onDiagnostic: options.onDiagnostic,
  };
  const runtime = await runtimeOf(parts);
  try {
    await runtime.tidy();
    if (options.recover !== false && journal.isReadOnly !== true) await runtime.recover();
  } catch (error) {
    await runtime.close();
    throw error;
  }
  return runtime;
}

/** A journal that was handed over is closed also where nothing becomes of it. */
async function runtimeOf(parts: RuntimeParts): Promise<Runtime> {
  try {
    return new Runtime(parts);
  } catch (error) {
    await parts.journal.close();
    throw error;
  }
}

function defaultArtifacts({ location }: Journal): ArtifactStore {
  return location === undefined ? memoryArtifacts() : directoryArtifacts(`${location}.artifacts`);
}

function namedTasks(tasks: Readonly<Record<string, Work<never, never, unknown>>>): Map<string, TaskBinding> {
  return new Map(Object.entries(tasks).map(([name, call]) => [name, { call }]));
}
