import { limits, type Clock, type Run, type RunSummary, type Runtime } from "../index.ts";

interface Look {
  readonly run: Run | undefined;
  readonly life: string;
  readonly at: number;
  readonly isLive: boolean;
}

/** Whether the processes of runs that have not ended still live. The system is asked now and then, not for each look at the list. */
export class RunOwners {
  readonly #runtime: Runtime;
  readonly #clock: Clock;
  readonly #looks = new Map<string, Look>();

  constructor(runtime: Runtime, clock: Clock) {
    this.#runtime = runtime;
    this.#clock = clock;
  }

  /** The ids of those that are owned by a process that lives, or that nobody has had room to look at. */
  async liveOf(unended: readonly RunSummary[]): Promise<ReadonlySet<string>> {
    const looked = unended.slice(0, limits.viewerOwnersMax);
    const ids = new Set(looked.map(({ id }) => id));
    for (const id of this.#looks.keys()) if (!ids.has(id)) this.#looks.delete(id);
    const live = new Set(unended.slice(looked.length).map(({ id }) => id));
    const giveUpAt = this.#clock.now() + limits.viewerOwnersWaitMs;
    for (const summary of looked) {
      // Whoever looks for the first time has to read the run.
      if (this.#clock.now() > giveUpAt || (await this.#isLive(summary))) live.add(summary.id);
    }
    return live;
  }

  async #isLive({ id, life }: RunSummary): Promise<boolean> {
    const now = this.#clock.now();
    const last = this.#looks.get(id);
    if (last?.life === life && now < last.at + limits.viewerOwnersLookMs) return last.isLive;
    const run = last?.life === life ? last.run : await this.#find(id);
    const isLive = run !== undefined && !run.isAbandoned();
    this.#looks.set(id, { run, life, at: now, isLive });
    return isLive;
  }

  /** A run that cannot be read is nobody's that could be asked; whoever opens it is told why. */
  async #find(id: string): Promise<Run | undefined> {
    try {
      return await this.#runtime.get(id);
    } catch {
      return undefined;
    }
  }
}
