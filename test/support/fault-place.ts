import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { openRuntime } from "runfold";
import type { Event, RecordedEvent, RunSnapshot, Verification } from "runfold";
import { sqliteJournal } from "runfold/sqlite";
import { eventually } from "./eventually.ts";
import { RunOwner } from "./run-owner.ts";
import type { OwnerOptions, OwnerOrder } from "./run-owner.ts";

/** A run as its journal has it. */
export interface KeptRun {
  readonly events: readonly Event[];
  readonly recorded: readonly RecordedEvent[];
  readonly snapshot: RunSnapshot;
  readonly verification: Verification;
}

/** A directory with one database, and the processes that write it. */
export class FaultPlace {
  readonly directory = mkdtempSync(join(tmpdir(), "runfold-fault-"));
  readonly #owners: RunOwner[] = [];

  get db(): string {
    return this.path("runs.db");
  }

  path(name: string): string {
    return join(this.directory, name);
  }

  owner(order?: OwnerOrder, more: Partial<OwnerOptions> = {}): RunOwner {
    const owner = new RunOwner({
      db: this.db,
      root: this.directory,
      ...(order === undefined ? {} : { order }),
      ...more,
    });
    this.#owners.push(owner);
    return owner;
  }

  /** Makes a file that a command waits for. */
  write(name: string): void {
    writeFileSync(this.path(name), "");
  }

  /** What a command wrote into a file of its own, once it has written a line. */
  async written(name: string): Promise<string> {
    let text = "";
    await eventually(() => {
      try {
        text = readFileSync(this.path(name), "utf8");
      } catch {
        return false;
      }
      return text.includes("\n");
    }, `a command writes ${name}`);
    return text.trim();
  }

  async kept(run: string): Promise<KeptRun> {
    await using runtime = await openRuntime({ journal: sqliteJournal(this.db), recover: false });
    const handle = await runtime.get(run);
    if (handle === undefined) throw new Error(`There is no run ${run}.`);
    const recorded: RecordedEvent[] = [];
    const { position: end } = handle.snapshot();
    if (end > 0) {
      for await (const { position, at, event } of handle.events()) {
        recorded.push({ position, at, event });
        if (position >= end) break;
      }
    }
    const events = recorded.map(({ event }) => event);
    return { events, recorded, snapshot: handle.snapshot(), verification: await handle.verify() };
  }

  async close(): Promise<void> {
    for (const owner of this.#owners) await owner.kill();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Places that are cleared away when their test ends. */
export function faultPlaces(): () => FaultPlace {
  const open: FaultPlace[] = [];
  afterEach(async () => {
    for (const place of open.splice(0)) await place.close();
  });
  return () => {
    const place = new FaultPlace();
    open.push(place);
    return place;
  };
}

export function graphOf(name: string, steps: readonly object[], rest: object = {}): object {
  return { name, objective: "Survive.", steps, ...rest };
}

/** How many of these events a run has. */
export function countOf(events: readonly Event[], type: Event["type"]): number {
  return events.filter((event) => event.type === type).length;
}
