import type { Commit } from "../../src/domain/commit.ts";
import { RunfoldError } from "../../src/domain/errors.ts";
import type { EpochMs, Position, RunId } from "../../src/domain/ids.ts";
import type { Json } from "../../src/domain/json.ts";
import { limits } from "../../src/domain/limits.ts";
import type { NoticeMark, RunNoticeMark } from "../../src/domain/notice.ts";
import type {
  AppendOptions,
  Checkpoint,
  InboxMessage,
  Journal,
  NoticeQuery,
  RunEntry,
} from "../../src/ports/journal.ts";
import { checkConsecutive } from "../../src/adapters/journals/consecutive-commits.ts";
import { followRun } from "../../src/adapters/journals/follow-run.ts";
import { frozen } from "./frozen-commits.ts";
import { damagedCheckpoint } from "./damaged-checkpoint.ts";
import type { SimulatedJournalParts } from "./simulated-journal-parts.ts";

interface Operation {
  readonly run: RunId;
  apply(): void;
}

/**
 * The journal as one process has it. What it asks for takes effect after a while, in the order of its calls for each run, and the
 * answer comes after another while: in between it is durable, and its process does not know. When the process dies, what
 * had not taken effect yet has been lost, or not.
 */
export class SimulatedJournal implements Journal {
  readonly location = "simulated";
  readonly #parts: SimulatedJournalParts;
  /** What has not taken effect yet, by run; only the first of a run is on its way. */
  readonly #underWay = new Map<RunId, Operation[]>();
  readonly #waiting = new Map<RunId, Set<() => void>>();
  readonly #watchers = new Set<() => void>();
  #isToldToLook = false;
  #isClosed = false;
  isDead = false;

  constructor(parts: SimulatedJournalParts) {
    this.#parts = parts;
  }

  append(run: RunId, expected: Position, commits: readonly Commit[], options: AppendOptions = {}): Promise<void> {
    const { store, author, faults, chance, acknowledged, lost } = this.#parts;
    try {
      checkConsecutive(run, expected, commits);
    } catch (error) {
      return Promise.reject(error);
    }
    // What is written is bytes: whoever changes a commit afterwards changes nothing.
    const written = frozen(commits);
    let life = "";
    const apply = (): void => {
      if (chance.happens(faults.busy)) throw new RunfoldError("journal.busy", "Another process holds the journal.");
      const fails = chance.happens(faults.failing);
      if (!fails || chance.happens(50)) store.append(author, run, expected, written, options);
      if (fails) throw new RunfoldError("journal.failed", "The disk failed.");
      life = store.runs.get(run)?.truth.life ?? "";
    };
    const answered = (error: unknown): void => {
      const end = commits.at(-1)?.position ?? expected;
      if (error === undefined) acknowledged(run, life, end);
      if (error instanceof RunfoldError && error.code === "journal.conflict") lost(run);
    };
    return this.#order(run, apply, answered);
  }

  read(run: RunId, after: Position, limit: number = limits.readCommitsMax): Promise<readonly Commit[]> {
    return this.#ask(() => this.#parts.store.page(run, after, limit));
  }

  head(run: RunId): Promise<Position> {
    return this.#ask(() => this.#parts.store.position(run));
  }

  async *follow(run: RunId, after: Position, signal: AbortSignal): AsyncGenerator<readonly Commit[], void> {
    const { store } = this.#parts;
    const lives = new Map<string, number>();
    const lifeOf = (life: string): number => {
      if (!lives.has(life)) lives.set(life, lives.size);
      return lives.get(life)!;
    };
    const page = (place: Position) => {
      const kept = store.runs.get(run);
      if (kept === undefined) return { life: undefined, commits: [] };
      return { life: lifeOf(kept.truth.life), commits: store.page(run, place, limits.readCommitsMax) };
    };
    const changed = (): Promise<void> => this.#nextChange(run, signal);
    yield* followRun({ page, changed, hasEnded: () => signal.aborted || this.#isClosed }, after);
  }

  list(): Promise<readonly RunEntry[]> {
    const { runs } = this.#parts.store;
    return this.#ask(() =>
      Array.from(runs, ([run, { truth, summary }]) => ({ run, life: truth.life, position: truth.position, summary })),
    );
  }

  entry(run: RunId): Promise<RunEntry | undefined> {
    return this.#ask(() => {
      const kept = this.#parts.store.runs.get(run);
      return kept && { run, life: kept.truth.life, position: kept.truth.position, summary: kept.summary };
    });
  }

  delete(run: RunId, expected?: Position, life?: string): Promise<void> {
    return this.#order(run, () => this.#parts.store.delete(run, expected, life));
  }

  async send(run: RunId, message: Json): Promise<number> {
    let number = 0;
    await this.#order(run, () => void (number = this.#parts.store.send(run, message)));
    return number;
  }

  inbox(after: number, limit: number = limits.inboxMessagesMax, run?: RunId): Promise<readonly InboxMessage[]> {
    return this.#ask(() => this.#parts.store.inbox(after, limit, run));
  }

  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => void this.#watchers.delete(changed);
  }

  renewLease(owner: string, until: EpochMs): Promise<void> {
    return this.#order("", () => void this.#parts.store.leases.set(owner, until));
  }

  leaseOf(owner: string): Promise<EpochMs | undefined> {
    return this.#ask(() => this.#parts.store.leases.get(owner));
  }

  saveCheckpoint(run: RunId, checkpoint: Checkpoint): Promise<void> {
    const { store, chance, faults } = this.#parts;
    const saved: Checkpoint = JSON.parse(JSON.stringify(checkpoint));
    return this.#order(run, () => {
      if (!chance.happens(faults.checkpoints)) store.runs.get(run)?.checkpoints.push(saved);
    });
  }

  loadCheckpoint(run: RunId): Promise<Checkpoint | undefined> {
    const { store, chance, faults } = this.#parts;
    return this.#ask(() => {
      const checkpoints = store.runs.get(run)?.checkpoints ?? [];
      if (!chance.happens(faults.checkpoints)) return checkpoints.at(-1);
      const all = Array.from(store.runs.values(), (kept) => kept.checkpoints);
      return damagedCheckpoint(checkpoints, [...all.flat(), ...store.leftCheckpoints], chance);
    });
  }

  markNotice(run: RunId, mark: NoticeMark, life?: string): Promise<void> {
    const { store, chance, faults } = this.#parts;
    return this.#order(run, () => {
      if (chance.happens(faults.failing)) throw new RunfoldError("journal.failed", "The disk failed.");
      store.mark(run, mark, life);
    });
  }

  noticeMarks(query: NoticeQuery): Promise<readonly RunNoticeMark[]> {
    return this.#ask(() => this.#parts.store.marks(query));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#watchers.clear();
    for (const run of this.#waiting.keys()) this.#wake(run);
  }

  /** Something about a run has changed: whoever watches hears of it after a while. */
  tell(run: RunId, isOwn: boolean): void {
    if (this.isDead) return;
    if (this.#waiting.has(run)) this.#later(() => this.#wake(run));
    if (isOwn || this.#isToldToLook) return;
    this.#isToldToLook = true;
    this.#later(() => {
      this.#isToldToLook = false;
      for (const watcher of this.#watchers) watcher();
    });
  }

  /** The process is gone. Of what was under way, a part has reached the disk, in order. */
  die(): void {
    this.isDead = true;
    for (const operations of this.#underWay.values()) {
      const reached = this.#parts.chance.below(operations.length + 1);
      for (const { apply } of operations.slice(0, reached)) {
        try {
          apply();
        } catch {
          // Refused, and nobody is left to hear it.
        }
      }
    }
    this.#underWay.clear();
  }

  #order(run: RunId, apply: () => void, answered?: (error: unknown) => void): Promise<void> {
    if (this.isDead) return new Promise(() => undefined);
    if (this.#isClosed) return Promise.reject(closed());
    return new Promise((resolve, reject) => {
      const operation = (): void => {
        let failure: unknown;
        try {
          apply();
        } catch (error) {
          failure = error;
        }
        this.#later(() => {
          answered?.(failure);
          if (failure !== undefined) this.#parts.failed();
          if (failure === undefined) resolve();
          else reject(failure);
        });
      };
      const queue = this.#underWay.get(run) ?? [];
      this.#underWay.set(run, queue);
      queue.push({ run, apply: operation });
      if (queue.length === 1) this.#begin(run, queue);
    });
  }

  /** The disk goes on with what it was given, also while the process is suspended. */
  #begin(run: RunId, queue: Operation[]): void {
    this.#parts.time.after(this.#delay(), () => {
      if (this.isDead) return;
      const operation = queue.shift()!;
      if (queue.length === 0) this.#underWay.delete(run);
      else this.#begin(run, queue);
      operation.apply();
    });
  }

  #ask<Answer>(look: () => Answer): Promise<Answer> {
    if (this.isDead) return new Promise(() => undefined);
    if (this.#isClosed) return Promise.reject(closed());
    const { time, chance, faults } = this.#parts;
    return new Promise((resolve, reject) => {
      time.after(this.#delay(), () => {
        if (this.isDead) return;
        const fails = chance.happens(faults.reading);
        const answer = look();
        this.#later(() => {
          if (!fails) return resolve(answer);
          this.#parts.failed();
          reject(new RunfoldError("journal.failed", "The disk failed."));
        });
      });
    });
  }

  #nextChange(run: RunId, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.#waiting.get(run) ?? new Set();
      this.#waiting.set(run, waiting);
      const wake = (): void => {
        signal.removeEventListener("abort", wake);
        resolve();
      };
      waiting.add(wake);
      signal.addEventListener("abort", wake);
    });
  }

  #wake(run: RunId): void {
    const waiting = this.#waiting.get(run);
    this.#waiting.delete(run);
    for (const wake of waiting ?? []) wake();
  }

  #later(happen: () => void): void {
    if (!this.isDead) this.#parts.time.after(this.#delay(), happen, this.#parts.clock);
  }

  #delay(): number {
    return this.#parts.chance.below(this.#parts.faults.delayMsMax + 1);
  }
}

function closed(): RunfoldError {
  return new RunfoldError("journal.closed", "The journal is closed.");
}
