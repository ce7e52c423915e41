import type { Commit } from "../domain/commit.ts";
import type { EpochMs, Position, RunId, RunLife } from "../domain/ids.ts";
import type { NoticeMark, RunNoticeMark } from "../domain/notice.ts";
import type { Json } from "../domain/json.ts";

/**
 * Where runs are kept: for each run a list of commits that only grows at its end.
 *
 * An adapter earns its name in `test/conformance/journal`. Every method may reject with `journal.closed` after
 * {@link Journal.close}, and with `journal.failed`, `journal.busy`, `journal.full` or `journal.readOnly` when the medium refuses.
 */
export interface Journal {
  /** The file that holds the journal, where there is one; artifacts are kept beside it unless they are given another place. */
  readonly location?: string;

  /** Whether nothing can be written: every append, message and checkpoint is refused with `journal.readOnly`. */
  readonly isReadOnly?: boolean;

  /**
   * Appends commits to a run, all or none, durably as far as the adapter promises; resolves only then.
   *
   * `expected` is the run's position before the first commit; 0 creates the run. An empty list checks `expected` all the
   * same, and changes nothing but the messages that it consumes. Commits must follow one another without a gap. Appends of one run take effect in call order.
   * @throws `journal.conflict` when the run's position is not `expected`: another writer was there.
   */
  append(run: RunId, expected: Position, commits: readonly Commit[], options?: AppendOptions): Promise<void>;

  /**
   * The commits that end after `after`, oldest first, at most `limit` (default `limits.readCommitsMax`); empty at the end and
   * for an unknown run. The first may begin at or before `after`. A page is one consistent read.
   * @throws `journal.corrupt` naming the position, for a record that was damaged; `journal.newer` for one of a later version.
   */
  read(run: RunId, after: Position, limit?: number): Promise<readonly Commit[]>;

  /** The run's position; 0 for an unknown run. */
  head(run: RunId): Promise<Position>;

  /**
   * Pages of commits after `after`, those to come included, whichever process appends them. Ends when `signal` aborts,
   * when the run is deleted, and when the journal is closed. Nothing is buffered for a slow reader: it reads on from its place.
   */
  follow(run: RunId, after: Position, signal: AbortSignal): AsyncIterable<readonly Commit[]>;

  /**
   * All runs, oldest first; with `last`, a whole number from 1 on, only so many of the youngest, without reading the others. Callers
   * have to bear with an adapter that gives more than that.
   */
  list(last?: number): Promise<readonly RunEntry[]>;

  /** One run's entry, or undefined. */
  entry(run: RunId): Promise<RunEntry | undefined>;

  /**
   * Removes a run with all its commits, messages, marks of notices and its checkpoint; with `expected` and `life`, only if the run is at that position
   * and has that life, which is compared by the very same transaction. A run that is not there, or no longer there, is no error.
   */
  delete(run: RunId, expected?: Position, life?: RunLife): Promise<void>;

  /**
   * Leaves a message for whoever writes the run, in this or another process. Its number is larger than any before it.
   * @throws `run.unknown`; `mailbox.full` when `limits.inboxMessagesMax` wait already.
   */
  send(run: RunId, message: Json): Promise<number>;

  /** Messages of all runs, or of `run` alone, with a number above `after` that no append has consumed, in order, at most `limit`. */
  inbox(after: number, limit?: number, run?: RunId): Promise<readonly InboxMessage[]>;

  /**
   * Calls back soon after something may have changed by another hand: a commit or a message of another process, and a
   * message of this one. Never synchronously from within a method of the journal. Returns how to stop.
   */
  watch(changed: () => void): () => void;

  /**
   * Says until when an owner of runs is to be taken for alive where nobody can look at its process; replaces what it said before.
   * What others said that ended `limits.leaseKeptMs` before may be forgotten.
   */
  renewLease(owner: string, until: EpochMs): Promise<void>;
  /** Until when an owner said that it would be there; undefined for one that never said so, or was forgotten. */
  leaseOf(owner: string): Promise<EpochMs | undefined>;

  /** Keeps one folded state a run, replacing the one before. A cache: never trusted over the commits. */
  saveCheckpoint(run: RunId, checkpoint: Checkpoint): Promise<void>;
  loadCheckpoint(run: RunId): Promise<Checkpoint | undefined>;

  /**
   * Notes what became of a notice for a subscriber, in place of what was noted before. Nothing for a run that is not there, or has
   * another life.
   */
  markNotice(run: RunId, mark: NoticeMark, life?: RunLife): Promise<void>;
  /** What became of notices: the oldest run first, then by subscriber and by number. */
  noticeMarks(query: NoticeQuery): Promise<readonly RunNoticeMark[]>;

  /** Waits for what is under way, then releases everything. Calling it again is no error. */
  close(): Promise<void>;
}

export interface AppendOptions {
  /**
   * Which life of the id is meant, because ids are used again: that of a run which this append makes, or that which the run must have.
   * An append without it is to whichever run has the id.
   * @throws `journal.conflict` when the run there has another life.
   */
  readonly life?: RunLife;
  /**
   * Begins the run, which must be new, with the past of another: its commits up to `through`, which must end one of them and be
   * what is `expected`. Copied by the very same transaction; the two runs share nothing afterwards.
   * @throws `journal.conflict` when the new run exists, or the other has another life, or no commit that ends there.
   */
  readonly past?: { readonly run: RunId; readonly life?: RunLife; readonly through: Position };
  /** What {@link Journal.list} shows of the run from now on. */
  readonly summary?: Json;
  /** Whoever is to be told of the run's notices, from now on and until its end: noted by the very same transaction. */
  readonly subscribers?: readonly string[];
  /** Messages of this run up to this number are consumed by the very same transaction. */
  readonly inboxThrough?: number;
}

/** What is not given is not asked for. */
export interface NoticeQuery {
  readonly run?: RunId;
  readonly subscriber?: string;
  readonly state?: NoticeMark["state"];
  /** Default: `limits.noticeMarksMax`. */
  readonly limit?: number;
}

export interface RunEntry {
  readonly run: RunId;
  /** As the append said that made the run; absent where it said none. */
  readonly life?: RunLife;
  readonly position: Position;
  readonly summary: Json;
}

export interface InboxMessage {
  readonly number: number;
  readonly run: RunId;
  readonly message: Json;
}

export interface Checkpoint {
  readonly position: Position;
  readonly state: Json;
}
