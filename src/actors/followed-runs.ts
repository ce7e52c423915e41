import { isRunfoldError } from "../domain/errors.ts";
import type { RunId } from "../domain/ids.ts";
import type { Clock } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import { Breather } from "./breather.ts";
import { loadCheckpoint } from "./checkpoints.ts";
import { followRun } from "./follower.ts";
import { ownNow } from "./read-own.ts";
import { advanceBeyond } from "./run-events.ts";
import { RunStream } from "./run-stream.ts";
import type { Run } from "./run.ts";

interface Followed {
  readonly run: Run;
  readonly stream: RunStream;
}

/**
 * Handles to runs that this process does not write. Whoever asks for one that has not ended shares one reader of its journal; a
 * run that has ended is read anew, and kept by nobody but its caller.
 */
export class FollowedRuns {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #report: (run: RunId, error: unknown) => void;
  readonly #handle: (run: RunId, stream: RunStream) => Run;
  readonly #followed = new Map<RunId, Promise<Followed | undefined>>();

  constructor(
    journal: Journal,
    clock: Clock,
    signal: AbortSignal,
    report: (run: RunId, error: unknown) => void,
    handle: (run: RunId, stream: RunStream) => Run,
  ) {
    this.#journal = journal;
    this.#clock = clock;
    this.#signal = signal;
    this.#report = report;
    this.#handle = handle;
  }

  /** The run, up to its journal's present end; undefined where there is none. */
  async get(id: RunId): Promise<Run | undefined> {
    const known = this.#followed.get(id);
    if (known !== undefined) return await this.#caughtUp(id, await known);
    // What was cleaned up and started again while it was read is another run, and read as such.
    const following = this.#follow(id).catch((error: unknown) => {
      if (isRunfoldError(error, "run.cleaned")) return this.#follow(id);
      throw error;
    });
    this.#followed.set(id, following);
    let isFollowed = false;
    try {
      const found = await following;
      isFollowed = found !== undefined && !found.stream.isEnded;
      return found?.run;
    } finally {
      if (!isFollowed) this.#followed.delete(id);
    }
  }

  /** Its reader may be a moment behind: whoever asks now is not told less than somebody else was told before. */
  async #caughtUp(id: RunId, found: Followed | undefined): Promise<Run | undefined> {
    if (found === undefined) return undefined;
    await advanceBeyond(found.stream, (await this.#journal.head(id)) - 1, this.#signal);
    return found.run;
  }

  async #follow(id: RunId): Promise<Followed | undefined> {
    if ((await this.#journal.head(id)) === 0) return undefined;
    const own = await ownNow(this.#journal, id);
    const saved = await loadCheckpoint(this.#journal, id, own.life);
    const stream = new RunStream((error) => this.#report(id, error), saved?.parts);
    await followRun(this.#journal, own, stream, this.#signal, new Breather(this.#clock));
    // Cleaned up just now.
    if (stream.position === 0) return undefined;
    const forget = (): void => void this.#followed.delete(id);
    stream.onStop(forget);
    const stopListening = stream.listenBatches({
      advanced: () => {
        if (!stream.isEnded) return;
        stopListening();
        forget();
      },
    });
    return { run: this.#handle(id, stream), stream };
  }
}
