import type { AttemptOwner } from "../../../ports/executor.ts";
import { endProcess } from "./marked-processes.ts";
import { processEntry, processEnvironment, type ProcessEntry } from "./process-table.ts";
import { ProcessSearch } from "./process-search.ts";

/** Stands in the environment of everything that an attempt starts, and says which owner of which run started it. */
export const ownerVariable = "RUNFOLD_RUN_OWNER";

/** A process may start another one just when it is ended; a program that does so faster than this escapes. */
const roundsMax = 20;

const markPattern = new RegExp(`(?:^|\\0)${ownerVariable}=([^\\0]*)\\.([0-9]+)(?:\\0|$)`);

export function ownerMark({ life, epoch }: AttemptOwner): string {
  return `${life}.${epoch}`;
}

interface OwnedProcess extends ProcessEntry {
  readonly life: string;
  readonly epoch: number;
}

/** Of all runs: many are taken over at once, and share their searches. */
const owned = new ProcessSearch<OwnedProcess>(async (pid) => {
  // The start time is read first: a pid that changes hands in between then does not match when it is checked again.
  const entry = await processEntry(pid);
  if (entry === undefined || entry.isZombie) return undefined;
  const [, life, epoch] = markPattern.exec(await processEnvironment(pid)) ?? [];
  return life === undefined ? undefined : { ...entry, life, epoch: Number(epoch) };
});

/**
 * Ends what earlier owners of a run left running: their processes are found by the mark in their environment, and known for good by
 * their start time. Usually the guardian has been quicker; it may have been killed as well. Where the system does not show
 * environments there is nothing to find.
 */
export async function endOrphans({ life, epoch }: AttemptOwner): Promise<number> {
  let ended = 0;
  for (let round = 0; round < roundsMax; round++) {
    const orphans = (await owned.run()).filter((one) => one.life === life && one.epoch < epoch);
    if (orphans.length === 0) return ended;
    for (const orphan of orphans) ended += (await endProcess(orphan)) ? 1 : 0;
  }
  throw new Error(`Processes of an earlier owner of this run could not be ended in ${roundsMax} rounds.`);
}
