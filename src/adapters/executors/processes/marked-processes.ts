import type { Clock } from "../../../ports/clock.ts";
import { limits } from "../../../domain/limits.ts";
import { holdsBefore } from "./end-group.ts";
import { processEntry, processEnvironment, type ProcessEntry } from "./process-table.ts";
import { ProcessSearch } from "./process-search.ts";
import { Waker } from "./waker.ts";

/** Stands in the environment of everything that an attempt starts, and so finds what has left its process group. */
export const markVariable = "RUNFOLD_ATTEMPT_MARK";

interface MarkedProcess extends ProcessEntry {
  readonly mark: string;
}

/** What became of the processes that carried a mark. */
export interface MarkedEnd {
  /** How many were signalled. */
  readonly ended: number;
  /** None was found any more in the end. */
  readonly areGone: boolean;
}

/** Finds and ends processes by the marks of one executor, whose marks all begin with `prefix`. */
export class MarkedProcesses {
  private readonly found: ProcessSearch<MarkedProcess>;

  constructor(prefix: string) {
    const pattern = new RegExp(`(?:^|\\0)${markVariable}=(${prefix}-[0-9]+)(?:\\0|$)`);
    this.found = new ProcessSearch(async (pid) => {
      // The start time is read first: a pid that changes hands in between then does not match when it is checked again.
      const entry = await processEntry(pid);
      if (entry === undefined || entry.isZombie) return undefined;
      const mark = pattern.exec(await processEnvironment(pid))?.[1];
      return mark === undefined ? undefined : { ...entry, mark };
    });
  }

  /**
   * Ends everything that carries a mark, or any mark of this prefix, and looks again until nothing is found: new ones may be started
   * while the old ones are being ended. It gives up after `limits.abortConfirmMs`. Where the system does not show environments there is
   * nothing to find.
   */
  async end(clock: Clock, mark?: string): Promise<MarkedEnd> {
    const ended = new Set<string>();
    const giveUpAt = clock.now() + limits.abortConfirmMs;
    const round = async (): Promise<boolean> => {
      const found = (await this.found.run()).filter((one) => mark === undefined || one.mark === mark);
      for (const one of found) if (await endProcess(one)) ended.add(`${one.pid}/${one.startTime}`);
      return found.length === 0;
    };
    // Usually all are gone at the second look, without a pause.
    const areGone = (await round()) || (await holdsBefore({ clock, waker: new Waker(clock) }, () => giveUpAt, round));
    return { ended: ended.size, areGone };
  }
}

/** Ends a process if it still is the one that was found: never by its pid alone. */
export async function endProcess({ pid, startTime }: ProcessEntry): Promise<boolean> {
  const now = await processEntry(pid);
  if (now === undefined || now.isZombie || now.startTime !== startTime) return false;
  try {
    process.kill(pid, "SIGKILL");
    return true;
  } catch {
    return false;
  }
}
