import type { Position, RunId } from "../../src/domain/ids.ts";
import type { Chance } from "./chance.ts";
import type { Author } from "./commit-laws.ts";
import type { DurableStore } from "./durable-store.ts";
import type { Faults } from "./scenario.ts";
import type { ProcessClock, SimulatedTime } from "./simulated-time.ts";

/** What the journal of one process is made of. */
export interface SimulatedJournalParts {
  readonly store: DurableStore;
  readonly time: SimulatedTime;
  readonly clock: ProcessClock;
  readonly chance: Chance;
  readonly faults: Faults;
  readonly author: Author;
  /** The process has been told that its commits are durable, up to where its run then stood. */
  acknowledged(run: RunId, life: string, position: Position): void;
  /** The process has been told that another one writes the run. */
  lost(run: RunId): void;
  /** The process has been told that the journal failed. */
  failed(): void;
}
