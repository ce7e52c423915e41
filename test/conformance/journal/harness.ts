import type { TestContext } from "vitest";
import type { Journal } from "../../../src/ports/journal.ts";

/** A claim that an adapter may not make: true, or why it is not tested there. */
export type Capability = true | string;

export interface JournalHarness {
  /** A fresh, empty journal. Whoever opens it closes it; a second `close` is no error. */
  open(): Journal;
  /** Another journal on the store of one that `open` or `reopen` gave, which may be open or closed. */
  reopen?(previous: Journal): Journal;
  readonly capabilities: {
    /** Two journals on one store see each other's changes. Needs `reopen`. */
    readonly shared: Capability;
    /** What was appended is there after `close` and `reopen`. */
    readonly persistent: Capability;
    /** Commits of a later version are refused on read. */
    readonly versioned: Capability;
  };
}

/** Skips the test where the capability is not there, and says why. */
export function needs(context: TestContext, capability: Capability): void {
  if (capability === true) return;
  console.info(`skipped: ${context.task.name}: ${capability}`);
  context.skip(capability);
}

/** Another journal on the same store, for claims that `shared` or `persistent` allow. */
export function reopened(harness: JournalHarness, journal: Journal): Journal {
  if (harness.reopen === undefined) throw new Error("a harness that claims to share or persist must reopen");
  return harness.reopen(journal);
}
