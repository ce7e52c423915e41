import { isRunEnded } from "../domain/status.ts";
import type { Clock, Runtime, Timer } from "../index.ts";
import { limits } from "../index.ts";
import type { RunsMessage } from "./protocol.ts";
import { RunOwners } from "./run-owners.ts";

/** Who sees the list. */
export interface RunsReader {
  /** The list as JSON; called only when it is not what was told before. */
  changed(json: string): void;
  failed(error: unknown): void;
}

/** Those who see as much of the list as one another. */
interface Audience {
  readonly readers: Set<RunsReader>;
  newest: string | undefined;
}

/**
 * The list of runs for all pages that show it. It is looked at every now and then, while there is one: the journal has no word for
 * an owner that is gone, and a look costs no more than the runs that are shown.
 */
export class RunsFeed {
  readonly #runtime: Runtime;
  readonly #clock: Clock;
  readonly #isReadOnly: boolean;
  readonly #owners: RunOwners;
  readonly #audiences = new Map<number, Audience>();
  #timer: Timer | undefined;
  #isLooking = false;

  constructor(runtime: Runtime, clock: Clock, isReadOnly: boolean) {
    this.#runtime = runtime;
    this.#clock = clock;
    this.#isReadOnly = isReadOnly;
    this.#owners = new RunOwners(runtime, clock);
  }

  /** Whether anybody reads, and so anything is looked at. */
  get isIdle(): boolean {
    return this.#audiences.size === 0 && this.#timer === undefined;
  }

  /** Tells of the newest so many runs, soon and after each change. Returns how to stop. */
  subscribe(limit: number, reader: RunsReader): () => void {
    const audience = this.#audiences.get(limit) ?? { readers: new Set(), newest: undefined };
    this.#audiences.set(limit, audience);
    audience.readers.add(reader);
    if (audience.newest !== undefined) reader.changed(audience.newest);
    else if (!this.#isLooking) void this.#look();
    return () => {
      audience.readers.delete(reader);
      if (audience.readers.size === 0 && this.#audiences.get(limit) === audience) this.#audiences.delete(limit);
      if (this.#audiences.size === 0) this.#rest();
    };
  }

  #rest(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  async #look(): Promise<void> {
    this.#rest();
    this.#isLooking = true;
    for (const [limit, audience] of this.#audiences) {
      try {
        const json = JSON.stringify(await this.#read(limit));
        if (json === audience.newest) continue;
        audience.newest = json;
        for (const reader of audience.readers) reader.changed(json);
      } catch (error) {
        for (const reader of audience.readers) reader.failed(error);
      }
    }
    this.#isLooking = false;
    if (this.#audiences.size === 0) return;
    const at = this.#clock.now() + limits.viewerRunsLookMs;
    this.#timer = this.#clock.setTimer(at, () => void this.#look(), { isBackground: true });
  }

  async #read(limit: number): Promise<RunsMessage> {
    const found = await this.#runtime.list({ last: limit + 1 });
    const shown = found.slice(-limit).toReversed();
    const live = await this.#owners.liveOf(shown.filter(({ status }) => !isRunEnded(status)));
    return {
      runs: shown.map((summary) => ({ summary, isLive: live.has(summary.id) })),
      areMore: found.length > limit,
      isReadOnly: this.#isReadOnly,
    };
  }
}
