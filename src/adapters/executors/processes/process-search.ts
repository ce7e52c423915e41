import { searchProcesses } from "./process-table.ts";
import { MergedSearch } from "./merged-search.ts";

/** Looks through all processes, once for everybody who asks at the same time: reading them all takes long where there are many. */
export class ProcessSearch<Found> extends MergedSearch<Found> {
  constructor(look: (pid: number) => Promise<Found | undefined>) {
    super(() => searchProcesses(look));
  }
}
