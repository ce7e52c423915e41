import type { Commit } from "../../domain/commit.ts";
import { RunfoldError } from "../../domain/errors.ts";
import type { EpochMs, Position, RunId, RunLife } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import { limits } from "../../domain/limits.ts";
import type { NoticeMark, RunNoticeMark } from "../../domain/notice.ts";
import type { AppendOptions, Checkpoint, InboxMessage, Journal, NoticeQuery, RunEntry } from "../../ports/journal.ts";
import { checkConsecutive } from "./consecutive-commits.ts";
import { followRun, type RunPage } from "./follow-run.ts";
import { findMarks, keepMark, subscribe } from "./memory-notices.ts";
import type { MarkedNotices } from "./memory-notices.ts";
import { conflict, fullMailbox, otherLife, unknownRun } from "./refusals.ts";
import { Wakeups } from "./wakeups.ts";
import { Watchers } from "./watchers.ts";

/**
 * A journal in this process's memory: for tests, and for runs that nobody needs to see again.
 *
 * It keeps the commits that it is given, not copies: commits are immutable. Nothing survives `close`.
 */
export function memoryJournal(): Journal {
  return new MemoryJournal();
}

interface MemoryRun {
  /** Tells one life from the next where nobody gave them names. */
  readonly number: number;
  readonly life: RunLife | undefined;
  readonly commits: Commit[];
  position: Position;
  summary: Json;
  checkpoint: Checkpoint | undefined;
  readonly marked: MarkedNotices;
  /** Numbers of the messages that wait, ascending. */
  messages: number[];
}

/** Appending is the hot path of every in-memory run; a settled promise can be shared by all that succeeded. */
const done = Promise.resolve();

class MemoryJournal implements Journal {
  readonly #runs = new Map<RunId, MemoryRun>();
  /** All messages that wait, in the order of their numbers. */
  readonly #inbox = new Map<number, InboxMessage>();
  readonly #wakeups = new Wakeups();
  readonly #watchers = new Watchers();
  readonly #leases = new Map<string, EpochMs>();
  #lives = 0;
  #messagesSent = 0;
  #isClosed = false;

  append(run: RunId, expected: Position, commits: readonly Commit[], options?: AppendOptions): Promise<void> {
    try {
      this.#checkOpen();
      const known = this.#runs.get(run);
      const position = checkConsecutive(run, expected, commits);
      const past = options?.past === undefined ? undefined : this.#past(run, expected, options.past);
      const actual = past === undefined ? (known?.position ?? 0) : expected;
      if (actual !== expected) throw conflict(run, expected, actual);
      if (known !== undefined && isOther(known, options?.life)) throw otherLife(run);
      if (commits.length === 0) {
        if (known !== undefined && options !== undefined) this.#apply(known, { ...options, summary: undefined });
        return done;
      }
      const target = known ?? this.#create(run, options?.life);
      for (const commit of past ?? []) target.commits.push(commit);
      for (const commit of commits) target.commits.push(commit);
      target.position = position;
      if (options !== undefined) this.#apply(target, options);
      if (options?.subscribers !== undefined) subscribe(target.marked, options.subscribers);
      this.#wakeups.wake(run);
      return done;
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async read(run: RunId, after: Position, limit: number = limits.readCommitsMax): Promise<readonly Commit[]> {
    this.#checkOpen();
    return this.#page(run, after, limit).commits;
  }

  async head(run: RunId): Promise<Position> {
    this.#checkOpen();
    return this.#runs.get(run)?.position ?? 0;
  }

  async *follow(run: RunId, after: Position, signal: AbortSignal): AsyncGenerator<readonly Commit[], void> {
    this.#checkOpen();
    yield* followRun(
      {
        page: (place) => this.#page(run, place, limits.readCommitsMax),
        changed: () => this.#wakeups.wait(run, signal),
        hasEnded: () => signal.aborted || this.#isClosed,
      },
      after,
    );
  }

  async list(last?: number): Promise<readonly RunEntry[]> {
    this.#checkOpen();
    const all = Array.from(this.#runs, ([run, known]) => entryOf(run, known));
    return last === undefined ? all : all.slice(-last);
  }

  async entry(run: RunId): Promise<RunEntry | undefined> {
    this.#checkOpen();
    const known = this.#runs.get(run);
    return known && entryOf(run, known);
  }

  async delete(run: RunId, expected?: Position, life?: RunLife): Promise<void> {
    this.#checkOpen();
    const known = this.#runs.get(run);
    if (known === undefined || isOther(known, life)) return;
    if (expected !== undefined && known.position !== expected) return;
    for (const number of known.messages) this.#inbox.delete(number);
    this.#runs.delete(run);
    this.#wakeups.wake(run);
  }

  async send(run: RunId, message: Json): Promise<number> {
    this.#checkOpen();
    const known = this.#runs.get(run);
    if (known === undefined) throw unknownRun(run);
    if (known.messages.length >= limits.inboxMessagesMax) throw fullMailbox(run);
    const number = ++this.#messagesSent;
    known.messages.push(number);
    this.#inbox.set(number, { number, run, message });
    this.#watchers.tell();
    return number;
  }

  async inbox(after: number, limit: number = limits.inboxMessagesMax, run?: RunId): Promise<readonly InboxMessage[]> {
    this.#checkOpen();
    if (run !== undefined) return this.#inboxOf(run, after, limit);
    const messages: InboxMessage[] = [];
    for (const message of this.#inbox.values()) {
      if (messages.length >= limit) break;
      if (message.number > after) messages.push(message);
    }
    return messages;
  }

  watch(changed: () => void): () => void {
    this.#checkOpen();
    return this.#watchers.add(changed);
  }

  async renewLease(owner: string, until: EpochMs): Promise<void> {
    this.#checkOpen();
    for (const [other, ended] of this.#leases) if (ended < until - limits.leaseKeptMs) this.#leases.delete(other);
    this.#leases.set(owner, until);
  }

  async leaseOf(owner: string): Promise<EpochMs | undefined> {
    this.#checkOpen();
    return this.#leases.get(owner);
  }

  async saveCheckpoint(run: RunId, checkpoint: Checkpoint): Promise<void> {
    this.#checkOpen();
    const known = this.#runs.get(run);
    if (known !== undefined) known.checkpoint = checkpoint;
  }

  async loadCheckpoint(run: RunId): Promise<Checkpoint | undefined> {
    this.#checkOpen();
    return this.#runs.get(run)?.checkpoint;
  }

  async markNotice(run: RunId, mark: NoticeMark, life?: RunLife): Promise<void> {
    this.#checkOpen();
    const known = this.#runs.get(run);
    if (known !== undefined && !isOther(known, life)) keepMark(known.marked, mark);
  }

  async noticeMarks(query: NoticeQuery): Promise<readonly RunNoticeMark[]> {
    this.#checkOpen();
    if (query.run === undefined) return findMarks(this.#runs, query);
    const known = this.#runs.get(query.run);
    return known === undefined ? [] : findMarks([[query.run, known]], query);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#watchers.clear();
    this.#wakeups.wakeAll();
    this.#runs.clear();
    this.#inbox.clear();
  }

  #checkOpen(): void {
    if (this.#isClosed) throw new RunfoldError("journal.closed", "The journal in memory is closed");
  }

  #create(run: RunId, life: RunLife | undefined): MemoryRun {
    const created = {
      number: ++this.#lives,
      life,
      commits: [],
      position: 0,
      summary: null,
      checkpoint: undefined,
      marked: new Map(),
      messages: [],
    };
    this.#runs.set(run, created);
    return created;
  }

  #inboxOf(run: RunId, after: number, limit: number): readonly InboxMessage[] {
    const numbers = this.#runs.get(run)?.messages ?? [];
    const wanted = numbers.filter((number) => number > after).slice(0, limit);
    return wanted.map((number) => this.#inbox.get(number)!);
  }

  /** What another run begins with, up to a commit that ends just there. */
  #past(run: RunId, expected: Position, past: NonNullable<AppendOptions["past"]>): readonly Commit[] {
    const known = this.#runs.get(run);
    if (known !== undefined) throw conflict(run, expected, known.position);
    const source = this.#runs.get(past.run);
    if (source !== undefined && isOther(source, past.life)) throw otherLife(past.run);
    const commits = source?.commits ?? [];
    const kept = commits.slice(0, firstAfter(commits, past.through));
    const end = kept.at(-1)?.position ?? 0;
    if (past.through !== expected || end !== expected || end === 0) throw conflict(run, expected, end);
    return kept;
  }

  #apply(
    run: MemoryRun,
    { summary, inboxThrough }: { readonly summary?: Json | undefined; readonly inboxThrough?: number | undefined },
  ): void {
    if (summary !== undefined) run.summary = summary;
    if (inboxThrough === undefined) return;
    const kept = run.messages.findIndex((number) => number > inboxThrough);
    const consumed = run.messages.splice(0, kept === -1 ? run.messages.length : kept);
    for (const number of consumed) this.#inbox.delete(number);
  }

  #page(run: RunId, after: Position, limit: number): RunPage {
    const known = this.#runs.get(run);
    if (known === undefined) return { life: undefined, commits: [] };
    const first = firstAfter(known.commits, after);
    return { life: known.number, commits: known.commits.slice(first, first + limit) };
  }
}

/** A run whose life nobody named may be any. */
function isOther({ life }: MemoryRun, meant: RunLife | undefined): boolean {
  return meant !== undefined && life !== undefined && life !== meant;
}

function entryOf(run: RunId, { life, position, summary }: MemoryRun): RunEntry {
  return { run, ...(life === undefined ? {} : { life }), position, summary };
}

/** The index of the first commit that ends after `after`: commits are sorted by position. */
function firstAfter(commits: readonly Commit[], after: Position): number {
  let low = 0;
  let high = commits.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (commits[middle]!.position > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
