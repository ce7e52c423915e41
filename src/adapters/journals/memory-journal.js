import { RunfoldError } from "../../domain/errors.js";
import { limits } from "../../domain/limits.js";
import { checkConsecutive } from "./consecutive-commits.js";
import { followRun } from "./follow-run.js";
import { conflict, fullMailbox, unknownRun } from "./refusals.js";
import { Wakeups } from "./wakeups.js";
import { Watchers } from "./watchers.js";
/**
 * A journal in this process's memory: for tests, and for runs that nobody needs to see again.
 *
 * It keeps the commits that it is given, not copies: commits are immutable. Nothing survives `close`.
 */
export function memoryJournal() {
  return new MemoryJournal();
}
/** Appending is the hot path of every in-memory run; a settled promise can be shared by all that succeeded. */
const done = Promise.resolve();
class MemoryJournal {
  #runs = new Map();
  /** All messages that wait, in the order of their numbers. */
  #inbox = new Map();
  #wakeups = new Wakeups();
  #watchers = new Watchers();
  #lives = 0;
  #messagesSent = 0;
  #isClosed = false;
  append(run, expected, commits, options) {
    try {
      this.#checkOpen();
      const known = this.#runs.get(run);
      const position = checkConsecutive(run, expected, commits);
      const actual = known?.position ?? 0;
      if (actual !== expected) throw conflict(run, expected, actual);
      if (commits.length === 0) return done;
      const target = known ?? this.#create(run);
      for (const commit of commits) target.commits.push(commit);
      target.position = position;
      if (options !== undefined) this.#apply(target, options);
      this.#wakeups.wake(run);
      return done;
    } catch (error) {
      return Promise.reject(error);
    }
  }
  async read(run, after, limit = limits.readCommitsMax) {
    this.#checkOpen();
    return this.#page(run, after, limit).commits;
  }
  async head(run) {
    this.#checkOpen();
    return this.#runs.get(run)?.position ?? 0;
  }
  async *follow(run, after, signal) {
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
  async list() {
    this.#checkOpen();
    return Array.from(this.#runs, ([run, { position, summary }]) => ({ run, position, summary }));
  }
  async entry(run) {
    this.#checkOpen();
    const known = this.#runs.get(run);
    return known && { run, position: known.position, summary: known.summary };
  }
  async delete(run) {
    this.#checkOpen();
    const known = this.#runs.get(run);
    if (known === undefined) return;
    for (const number of known.messages) this.#inbox.delete(number);
    this.#runs.delete(run);
    this.#wakeups.wake(run);
  }
  async send(run, message) {
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
  async inbox(after, limit = limits.inboxMessagesMax) {
    this.#checkOpen();
    const messages = [];
    for (const message of this.#inbox.values()) {
      if (messages.length >= limit) break;
      if (message.number > after) messages.push(message);
    }
    return messages;
  }
  watch(changed) {
    this.#checkOpen();
    return this.#watchers.add(changed);
  }
  async saveCheckpoint(run, checkpoint) {
    this.#checkOpen();
    const known = this.#runs.get(run);
    if (known !== undefined) known.checkpoint = checkpoint;
  }
  async loadCheckpoint(run) {
    this.#checkOpen();
    return this.#runs.get(run)?.checkpoint;
  }
  async close() {
    this.#isClosed = true;
    this.#watchers.clear();
    this.#wakeups.wakeAll();
    this.#runs.clear();
    this.#inbox.clear();
  }
  #checkOpen() {
    if (this.#isClosed) throw new RunfoldError("journal.closed", "The journal in memory is closed");
  }
  #create(run) {
    const created = {
      life: ++this.#lives,
      commits: [],
      position: 0,
      summary: null,
      checkpoint: undefined,
      messages: [],
    };
    this.#runs.set(run, created);
    return created;
  }
  #apply(run, { summary, inboxThrough }) {
    if (summary !== undefined) run.summary = summary;
    if (inboxThrough === undefined) return;
    const kept = run.messages.findIndex((number) => number > inboxThrough);
    const consumed = run.messages.splice(0, kept === -1 ? run.messages.length : kept);
    for (const number of consumed) this.#inbox.delete(number);
  }
  #page(run, after, limit) {
    const known = this.#runs.get(run);
    if (known === undefined) return { life: undefined, commits: [] };
    const first = firstAfter(known.commits, after);
    return { life: known.life, commits: known.commits.slice(first, first + limit) };
  }
}
/** The index of the first commit that ends after `after`: commits are sorted by position. */
function firstAfter(commits, after) {
  let low = 0;
  let high = commits.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (commits[middle].position > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
