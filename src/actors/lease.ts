import type { Owner } from "../domain/events.ts";
import { limits } from "../domain/limits.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { ProcessRecord } from "./process-record.ts";
import type { RunActor } from "./run-actor.ts";

/** How an owner is named in the journal's leases. */
export function leaseName({ host, pid, processStart }: Owner): string {
  return `${host}/${pid}/${processStart}`;
}

export interface LeaseParts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly owner: Owner;
  readonly record: ProcessRecord;
}

/**
 * The signs of life of a process that writes runs, for those who cannot look at it: another machine, another container. With each
 * sign it looks whether its runs are still its own, so that one that was suspended, and lost them meanwhile, stops its work.
 */
export class Lease {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #record: ProcessRecord;
  readonly #actors: () => Iterable<RunActor>;
  readonly #report: (code: string, error: unknown) => void;
  #timer: Timer | undefined;
  #isHeld = false;

  constructor(
    { journal, clock, owner, record }: LeaseParts,
    actors: () => Iterable<RunActor>,
    report: (code: string, error: unknown) => void,
  ) {
    this.#journal = journal;
    this.#clock = clock;
    this.#name = leaseName(owner);
    this.#record = record;
    this.#actors = actors;
    this.#report = report;
  }

  /** There is a run to write: signs are given from now on, until there is none. A journal without a file has no others to tell. */
  hold(): void {
    if (this.#isHeld || this.#journal.location === undefined) return;
    this.#isHeld = true;
    this.#record.holds(this.#key);
    this.#renew();
  }

  /** Says that this process has left as of now, if it ever said that it was there and no other runtime of it still is. */
  async release(): Promise<void> {
    this.#timer?.cancel();
    if (!this.#isHeld) return;
    this.#isHeld = false;
    if (!this.#record.leaves(this.#key)) return;
    // A journal that fails has said so already, and the lease lapses by itself.
    await this.#journal.renewLease(this.#name, this.#clock.now() - 1).catch(() => undefined);
  }

  get #key(): string {
    return `${this.#journal.location}\n${this.#name}`;
  }

  #renew(): void {
    const actors = [...this.#actors()];
    if (actors.length === 0) {
      void this.release();
      return;
    }
    const now = this.#clock.now();
    this.#journal
      .renewLease(this.#name, now + limits.leaseMs)
      .catch((error: unknown) => this.#report("lease-failed", error));
    for (const actor of actors) void actor.checkOwnership();
    this.#timer = this.#clock.setTimer(now + limits.leaseRenewMs, () => this.#renew(), { isBackground: true });
  }
}
