import type { Owner } from "../domain/events.ts";
import type { WorkKind } from "../domain/graph-document.ts";
import type { Graph } from "../domain/graph.ts";
import type { RunId } from "../domain/ids.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { Clock } from "../ports/clock.ts";
import type { Entropy } from "../ports/entropy.ts";
import type { Executor } from "../ports/executor.ts";
import type { Journal } from "../ports/journal.ts";
import type { NoticeSubscription } from "../ports/notice-sink.ts";
import type { Observer } from "../ports/observer.ts";
import type { Workspace } from "../ports/workspace.ts";
import type { ProcessRecord } from "./process-record.ts";
import type { RuntimeDiagnostic } from "./runtime-diagnostics.ts";

/** Everything a runtime is made of; `openRuntime` fills in what a caller leaves out. */
export interface RuntimeParts {
  readonly journal: Journal;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly workspace: Workspace;
  readonly executors: ReadonlyMap<WorkKind, Executor>;
  readonly owner: Owner;
  readonly root: string;
  readonly abortGraceMs: number;
  readonly liveRunsMax: number;
  /** Makes the functions of a graph known to one run, until they are released. */
  bindTasks(run: RunId, graph: Graph): void;
  releaseTasks(run: RunId): void;
  /** Whether the process that writes a run lives: `unknown` where nobody can look. */
  livenessOf(owner: Owner): "alive" | "gone" | "unknown";
  /** What the process knows of itself; one for all runtimes of a process. */
  readonly record: ProcessRecord;
  /** Whether runs leave checkpoints in the journal, so that opening them takes less than folding all of it. */
  readonly writesCheckpoints: boolean;
  /** Who is told of notices. */
  readonly notices: readonly NoticeSubscription[];
  /** Who watches the runs that are written here, and stands around their attempts. */
  readonly observers: readonly Observer[];
  readonly onDiagnostic: ((diagnostic: RuntimeDiagnostic) => void) | undefined;
}
