import type { RunId } from "../domain/ids.ts";

/**
 * Runs on their way to this process: starts, recoveries and forks, one after the other for each id. Whoever comes second sees what
 * the first has made of it; what was wrong with the first is none of his.
 */
export class Beginnings {
  readonly #last = new Map<RunId, Promise<unknown>>();
  readonly #underWay = new Set<Promise<unknown>>();

  /** Begins when all earlier beginnings of this id are over, however they ended. */
  begin<Result>(id: RunId, begin: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(id);
    const beginning = this.track(before === undefined ? begin() : before.then(begin, begin));
    this.#last.set(id, beginning);
    const forget = (): void => {
      if (this.#last.get(id) === beginning) this.#last.delete(id);
    };
    beginning.then(forget, forget);
    return beginning;
  }

  /** Something of many ids that must be over before the journal is closed. */
  track<Result>(work: Promise<Result>): Promise<Result> {
    this.#underWay.add(work);
    const forget = (): void => void this.#underWay.delete(work);
    work.then(forget, forget);
    return work;
  }

  /** Resolves when no beginning of this id is under way. */
  async settled(id: RunId): Promise<void> {
    for (let last = this.#last.get(id); last !== undefined; last = this.#last.get(id))
      await last.catch(() => undefined);
  }

  /** Resolves when none is under way. */
  async allSettled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }
}
