import type { ArtifactStore, Graph, RunId, Runtime } from "../index.ts";

/** The runs that a server answers about, with what a handle of them does not tell. */
export interface HostedRuns {
  readonly runtime: Runtime;
  /** Where the runtime keeps its artifacts. */
  readonly artifacts: ArtifactStore;
}

export interface HostedStart {
  readonly run: RunId;
  /** What to tell of a run that is not simply a new one. */
  readonly note: string | undefined;
}

/**
 * What an MCP server works on. All state is the host's: a server that ends and another that begins on the same database answer
 * alike.
 */
export interface McpHost {
  /** The directory that graph files lie in. */
  readonly root: string;
  /**
   * The runs, opened when they are first asked for; undefined where there is no database yet.
   * @throws what the journal refuses with.
   */
  runs(): Promise<HostedRuns | undefined>;
  /**
   * Starts a run, or finds the one of that id, as `runtime.start` does. Resolves once it is in the journal.
   * @throws what the start refuses with.
   */
  start(graph: Graph, id: RunId | undefined): Promise<HostedStart>;
  /** Is told what went wrong in the server itself. Default: nobody is. */
  readonly onProblem?: (error: unknown) => void;
}

export interface RuntimeHostOptions {
  readonly runtime: Runtime;
  /** The store that the runtime was opened with: results and artifacts are read from it. */
  readonly artifacts: ArtifactStore;
  /** The directory that graph files lie in. Default: that of the process. */
  readonly root?: string;
  readonly onProblem?: (error: unknown) => void;
}

/** A host for an application that has a runtime: runs that are started live in this process, and end with the runtime. */
export function runtimeHost({ runtime, artifacts, root = ".", onProblem }: RuntimeHostOptions): McpHost {
  const runs: HostedRuns = { runtime, artifacts };
  return {
    root,
    runs: () => Promise.resolve(runs),
    async start(graph, id) {
      const run = await runtime.start(graph, id === undefined ? {} : { id });
      return { run: run.id, note: undefined };
    },
    ...(onProblem === undefined ? {} : { onProblem }),
  };
}
