import type { Owner } from "../domain/events.ts";
import { limits } from "../domain/limits.ts";
import type { Clock, Timer } from "../ports/clock.ts";
import type { Journal } from "../ports/journal.ts";
import type { RunActor } from "./run-actor.ts";

/** How an owner is named in the journal's leases. */
export function leaseName({ host, pid, processStart }: Owner): string {
  return `${host}/${pid}/${processStart}`;
}

/** How many runtimes of this process give signs of life under one name in one journal: the process leaves with the last of them. */
const holders = new Map<string, number>();

/**
 * The signs of life of a process that writes runs, for those who cannot look at it: another machine, another container. With each
 * sign it looks whether its runs are still its own, so that one that was suspended, and lost them meanwhile, stops its work.
 */
export class Lease {
  readonly #journal: Journal;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #actors: () => Iterable<RunActor>;
  readonly #report: (code: string, error: unknown) => void;
  #timer: Timer | undefined;
  #isHeld = false;

  constructor(
    journal: Journal,
    clock: Clock,
    owner: Owner,
    actors: () => Iterable<RunActor>,
    report: (code: string, error: unknown) => void,
  ) {
    this.#journal = journal;
    this.#clock = clock;
    this.#name = leaseName(owner);
    this.#actors = actors;
    this.#report = report;
  }

  /** There is a run to write: signs are given from now on, until there is none. A journal without a file has no others to tell. */
  hold(): void {
    if (this.#isHeld || this.#journal.location === undefined) return;
    this.#isHeld = true;
    holders.set(this.#key, (holders.get(this.#key) ?? 0) + 1);
    this.#renew();
  }

  /** Says that this process has left as of now, if it ever said that it was there and no other runtime of it still is. */
  async release(): Promise<void> {
    this.#timer?.cancel();
    if (!this.#isHeld) return;
    this.#isHeld = false;
    const left = (holders.get(this.#key) ?? 1) - 1;
    if (left > 0) holders.set(this.#key, left);
    else holders.delete(this.#key);
    if (left > 0) return;
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
