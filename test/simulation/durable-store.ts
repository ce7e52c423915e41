import { commitStart } from "../../src/domain/commit.ts";
import type { Commit } from "../../src/domain/commit.ts";
import { RunfoldError } from "../../src/domain/errors.ts";
import type { Position, RunId } from "../../src/domain/ids.ts";
import type { Json } from "../../src/domain/json.ts";
import { limits } from "../../src/domain/limits.ts";
import { summaryOf } from "../../src/projections/run-summary.ts";
import type { NoticeMark, RunNoticeMark } from "../../src/domain/notice.ts";
import type { AppendOptions, Checkpoint, InboxMessage, NoticeQuery } from "../../src/ports/journal.ts";
import { findMarks, keepMark, subscribe } from "../../src/adapters/journals/memory-notices.ts";
import type { MarkedNotices } from "../../src/adapters/journals/memory-notices.ts";
import { conflict, fullMailbox, otherLife, unknownRun } from "../../src/adapters/journals/refusals.ts";
import { addLawfully } from "./commit-laws.ts";
import type { Author } from "./commit-laws.ts";
import { DurableRun } from "./durable-run.ts";

/** A run that is in the journal now. */
interface KeptRun {
  readonly truth: DurableRun;
  summary: Json;
  /** The newest last; what a broken disk may give instead of it are those before. */
  readonly checkpoints: Checkpoint[];
  readonly marked: MarkedNotices;
  /** Messages that wait. */
  readonly messages: Map<number, { readonly message: Json; readonly sentAt: number }>;
}

/**
 * What is on the disk that all simulated processes share. Every change is one transaction, holds each commit to the laws, and is
 * never taken back.
 */
export class DurableStore {
  readonly runs = new Map<RunId, KeptRun>();
  /** Every run that ever was, by its life. */
  readonly lives = new Map<string, DurableRun>();
  readonly leases = new Map<string, number>();
  /** Checkpoints of runs that are gone: a later run of the same id might be taken for one of them. */
  readonly leftCheckpoints: Checkpoint[] = [];
  /** All messages that were ever left in the inbox. */
  readonly sent: Json[] = [];
  /** Called after each change, with who made it and which run it was about. */
  changed: (run: RunId, author: Author | undefined) => void = () => undefined;
  readonly #now: () => number;
  readonly #broken: (law: string) => void;
  #messages = 0;

  constructor(now: () => number, broken: (law: string) => void) {
    this.#now = now;
    this.#broken = broken;
  }

  position(run: RunId): Position {
    return this.runs.get(run)?.truth.position ?? 0;
  }

  append(author: Author, run: RunId, expected: Position, commits: readonly Commit[], options: AppendOptions): void {
    const past = options.past === undefined ? [] : this.#past(run, options.past);
    const actual = past.at(-1)?.position ?? this.position(run);
    if (actual !== expected) throw conflict(run, expected, actual);
    const known = this.runs.get(run);
    if (known !== undefined && options.life !== undefined && known.truth.life !== options.life) throw otherLife(run);
    const kept = this.runs.get(run) ?? this.#create(run, commits);
    if (kept === undefined) return;
    const { truth } = kept;
    for (const commit of past) {
      truth.verifier.check(commit);
      truth.add(commit);
    }
    for (const commit of commits) this.#add(truth, commit, author);
    this.#consume(kept, options.inboxThrough ?? 0);
    if (commits.length === 0) return;
    subscribe(kept.marked, options.subscribers ?? []);
    const { summary } = options;
    if (summary !== undefined) {
      kept.summary = summary;
      const folded = JSON.stringify(summaryOf(truth.state, commits.at(-1)!.at));
      if (JSON.stringify(summary) !== folded) this.#broken(`law 5: the summary of ${run} is not its fold`);
    }
    this.changed(run, author);
  }

  page(run: RunId, after: Position, limit: number): readonly Commit[] {
    const commits = this.runs.get(run)?.truth.commits ?? [];
    const first = commits.findIndex(({ position }) => position > after);
    return first === -1 ? [] : commits.slice(first, first + limit);
  }

  delete(run: RunId, expected: Position | undefined, life: string | undefined): void {
    const kept = this.runs.get(run);
    if (kept === undefined || (expected !== undefined && kept.truth.position !== expected)) return;
    if (life !== undefined && kept.truth.life !== life) return;
    if (kept.truth.state.phase !== "cleaned") {
      this.#broken(`law 1: ${run} was deleted, and does not say that it was cleaned up`);
    }
    kept.truth.isDeleted = true;
    this.leftCheckpoints.push(...kept.checkpoints);
    this.runs.delete(run);
    this.changed(run, undefined);
  }

  mark(run: RunId, mark: NoticeMark, life: string | undefined): void {
    const kept = this.runs.get(run);
    if (kept !== undefined && (life === undefined || kept.truth.life === life)) keepMark(kept.marked, mark);
  }

  marks(query: NoticeQuery): readonly RunNoticeMark[] {
    const all = Array.from(this.runs, ([run, { truth, marked }]) => [run, { life: truth.life, marked }] as const);
    return findMarks(query.run === undefined ? all : all.filter(([run]) => run === query.run), query);
  }

  send(run: RunId, message: Json): number {
    const kept = this.runs.get(run);
    if (kept === undefined) throw unknownRun(run);
    if (kept.messages.size >= limits.inboxMessagesMax) throw fullMailbox(run);
    const number = ++this.#messages;
    kept.messages.set(number, { message, sentAt: this.#now() });
    this.sent.push(message);
    this.changed(run, undefined);
    return number;
  }

  inbox(after: number, limit: number, only?: RunId): readonly InboxMessage[] {
    const messages: InboxMessage[] = [];
    for (const [run, kept] of this.runs) {
      if (only !== undefined && run !== only) continue;
      for (const [number, { message }] of kept.messages) if (number > after) messages.push({ number, run, message });
    }
    return messages.toSorted((one, other) => one.number - other.number).slice(0, limit);
  }

  #add(truth: DurableRun, commit: Commit, author: Author): void {
    if (commitStart(commit) !== truth.position) throw new RunfoldError("invariant.broken", "a commit leaves a gap");
    const { type } = commit.input;
    for (const law of addLawfully(truth, commit, author)) this.#broken(`${law} (${truth.run} at ${commit.position})`);
    if (type === "run.start" || type === "run.recover" || type === "run.fork") truth.ownedSince = this.#now();
  }

  #create(run: RunId, commits: readonly Commit[]): KeptRun | undefined {
    const first = commits[0]?.events[0];
    if (first?.type !== "run.started" && first?.type !== "run.forked") return undefined;
    if (this.lives.has(first.life)) this.#broken(`law 1: two runs have the life ${first.life}`);
    const truth = new DurableRun(run, first.life);
    const kept: KeptRun = { truth, summary: null, checkpoints: [], marked: new Map(), messages: new Map() };
    this.lives.set(first.life, truth);
    this.runs.set(run, kept);
    return kept;
  }

  #past(run: RunId, { run: from, life, through }: NonNullable<AppendOptions["past"]>): readonly Commit[] {
    if (this.runs.has(run)) throw conflict(run, through, this.position(run));
    if (life !== undefined && this.runs.get(from)?.truth.life !== life) throw otherLife(from);
    const commits = this.runs.get(from)?.truth.commits ?? [];
    const past = commits.filter(({ position }) => position <= through);
    if (past.at(-1)?.position !== through) throw conflict(run, through, past.at(-1)?.position ?? 0);
    return past;
  }

  /**
   * A cancel that is gone from the inbox has done what it asked for, or there was nothing left to do. A message to a step is in the
   * journal, where it may have been before.
   */
  #consume({ truth, messages }: KeptRun, through: number): void {
    for (const [number, { message }] of messages) {
      if (number > through) continue;
      messages.delete(number);
      if (truth.state.phase !== "running") continue;
      const asked = JSON.stringify(message);
      if (truth.commits.some(({ input }) => input.type === "message.send" && JSON.stringify(input) === asked)) continue;
      this.#broken(
        `law 10: ${JSON.stringify(message)} was taken from the inbox of ${truth.run}, and nothing came of it`,
      );
    }
  }
}
