import { processEntry, processEnvironment, type ProcessEntry } from "./process-table.ts";
import { ProcessSearch } from "./process-search.ts";

/** Stands in the environment of everything that an attempt starts, and so finds what has left its process group. */
export const markVariable = "RUNFOLD_ATTEMPT_MARK";

/** New processes may be started while the old ones are being ended; a program that does so faster than this escapes. */
const roundsMax = 10;

interface MarkedProcess extends ProcessEntry {
  readonly mark: string;
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

  /** Ends everything that carries a mark, or any mark of this executor. Where the system does not show environments, nothing. */
  async end(mark?: string): Promise<number> {
    let ended = 0;
    for (let round = 0; round < roundsMax; round++) {
      const found = (await this.found.run()).filter((one) => mark === undefined || one.mark === mark);
      if (found.length === 0) break;
      for (const one of found) ended += (await endProcess(one)) ? 1 : 0;
    }
    return ended;
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
