import type { StepDocument, WorkKind } from "./domain/graph-document.ts";
import type { Executor } from "./ports/executor.ts";

/** What can be said of steps before their executor is loaded. */
export interface Foreknown {
  readonly kinds: readonly WorkKind[];
  /** Whether its steps take messages, all of them or none. */
  readonly takesMessages: boolean;
  refuses(step: StepDocument): string | undefined;
}

/**
 * An executor that is loaded when a graph with steps of its kinds is first looked at: where most runs have none, nobody else should
 * wait for its modules.
 */
export function deferredExecutor(foreknown: Foreknown, load: () => Promise<Executor>): Executor {
  let loaded: Executor | undefined;
  let loading: Promise<Executor> | undefined;
  const executor = (): Promise<Executor> =>
    (loading ??= load().then((made) => {
      loaded = made;
      return made;
    }));
  return {
    kinds: foreknown.kinds,
    // Before a run starts it is asked after `prepare`, so it is there; a run that is taken over was asked about when it started.
    refuses: (step, run) => (loaded === undefined ? foreknown.refuses(step) : loaded.refuses?.(step, run)),
    prepare: async (graph, steps, root) =>
      (await (await executor()).prepare?.(graph, steps, root)) ?? { findings: [], definitions: [] },
    takesMessages: () => foreknown.takesMessages,
    execute: async (attempt) => (await executor()).execute(attempt),
    sweep: async (owner) => (await executor()).sweep?.(owner),
    close: async () => (await loading)?.close?.(),
  };
}
