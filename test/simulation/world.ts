import { memoryArtifacts } from "../../src/adapters/artifacts/memory-artifacts.ts";
import type { Cursor } from "../../src/domain/cursor.ts";
import type { Owner } from "../../src/domain/events.ts";
import type { Position, RunId } from "../../src/domain/ids.ts";
import type { AttemptOwner } from "../../src/ports/executor.ts";
import { failureOf } from "../support/run-arbitrary.ts";
import { Chance } from "./chance.ts";
import { DurableStore } from "./durable-store.ts";
import type { Faults, WorldScenario } from "./scenario.ts";
import type { Told } from "./message-deeds.ts";
import { Heard } from "./notice-laws.ts";
import type { Working } from "./simulated-executor.ts";
import { SimulatedProcess } from "./simulated-process.ts";
import { settle, SimulatedTime } from "./simulated-time.ts";

/** A place in a run that somebody was given. */
export interface GivenCursor {
  readonly run: RunId;
  readonly life: string;
  readonly position: Position;
  readonly cursor: Cursor;
}

/** A law that was broken, with what had happened by then. */
export class BrokenLaw extends Error {
  readonly history: readonly string[];

  constructor(law: string, history: readonly string[]) {
    super(law);
    this.name = "BrokenLaw";
    this.history = history;
  }
}

/** The newest lines that a failure shows. */
const historyLinesMax = 400;

/** Several processes on one journal, with everything that surrounds them. */
export class World {
  readonly scenario: WorldScenario;
  readonly chance: Chance;
  readonly time: SimulatedTime;
  readonly store: DurableStore;
  readonly faults: Faults;
  readonly artifacts = memoryArtifacts();
  /** Those that live, by their place; a new one takes the place of one that died. */
  readonly processes: SimulatedProcess[] = [];
  /** Work that goes on although its process is dead. */
  readonly orphans = new Set<Working>();
  readonly launches = new Set<string>();
  readonly cursors: GivenCursor[] = [];
  /** Every receipt of a message that anyone was given. */
  readonly told: Told[] = [];
  /** Messages that an attempt was handed: by life, step, attempt and number; and by the owner, too. */
  readonly handed = new Set<string>();
  readonly handedOnce = new Set<string>();
  readonly heard = new Heard();
  readonly history: string[] = [];
  /** Commands that have not been answered, by what they are. */
  readonly unanswered = new Map<symbol, { readonly what: string; readonly process: SimulatedProcess }>();
  readonly #dead = new Set<number>();
  /** By run and epoch: how many launches there had been when it was swept. */
  readonly #sweeps = new Map<string, number>();
  readonly #startedAt = new Map<Working, number>();
  readonly #afterStep: (() => void)[] = [];
  #law: string | undefined;
  #names = 0;
  #pids = 0;

  constructor(scenario: WorldScenario) {
    this.scenario = scenario;
    this.chance = new Chance(scenario.seed);
    this.time = new SimulatedTime(this.chance);
    this.faults = { ...scenario.faults };
    this.store = new DurableStore(
      () => this.time.now,
      (law) => this.broken(law),
    );
    this.store.changed = (run, author) => {
      const kept = this.store.runs.get(run)?.truth;
      this.note(
        `journal: ${run} at ${kept?.position ?? "nothing"}${author === undefined ? "" : ` by ${author.owner.pid}`}: ${kept?.commits.at(-1)?.input.type}`,
      );
      for (const { journal, owner } of this.processes) journal.tell(run, owner.pid === author?.owner.pid);
    };
    for (let slot = 0; slot < scenario.processes; slot++) this.start(slot);
  }

  /** Starts a process in the place of one that is dead. */
  start(slot: number): SimulatedProcess {
    const process = new SimulatedProcess(this, ++this.#pids, slot);
    this.processes[slot] = process;
    this.note(`process ${process.owner.pid} starts in place ${slot}`);
    return process;
  }

  kill(process: SimulatedProcess): void {
    this.note(`process ${process.owner.pid} dies`);
    this.#dead.add(process.owner.pid);
    process.die();
  }

  isDead({ pid }: Owner): boolean {
    return this.#dead.has(pid);
  }

  uniqueName(): string {
    return `life${++this.#names}`;
  }

  /** What lower epochs left behind ends, in whatever process it is. */
  sweep(owner: AttemptOwner, isWhole: boolean): void {
    this.#sweeps.set(`${owner.life} ${owner.epoch}`, this.launches.size);
    if (!isWhole) return;
    const isBefore = (working: Working): boolean =>
      working.owner.life === owner.life && working.owner.epoch < owner.epoch;
    for (const orphan of this.orphans) if (isBefore(orphan)) this.orphans.delete(orphan);
    for (const { executor } of this.processes) {
      for (const working of executor.working) {
        if (isBefore(working)) working.end({ type: "failed", failure: failureOf("signal") });
      }
    }
  }

  /** A process that did not know yet that it had lost the run began it after the sweep. */
  isNewerThanSweep(working: Working, owner: AttemptOwner): boolean {
    const swept = this.#sweeps.get(`${owner.life} ${owner.epoch}`);
    return swept !== undefined && (this.#startedAt.get(working) ?? 0) >= swept;
  }

  /** Notes when an attempt began, counted in launches. */
  began(working: Working): void {
    this.#startedAt.set(working, this.launches.size);
  }

  note(line: string): void {
    this.history.push(`${this.time.now} ${line}`);
    if (this.history.length > 2 * historyLinesMax) this.history.splice(0, historyLinesMax);
  }

  /** Only noted here: what is thrown inside of what is under test may be caught there. */
  broken(law: string): void {
    this.#law ??= law;
    this.note(`BROKEN: ${law}`);
  }

  afterStep(check: () => void): void {
    this.#afterStep.push(check);
  }

  /** Lets one thing happen. Whether there was one by `until`. @throws BrokenLaw */
  async step(until: number): Promise<boolean> {
    const hasHappened = await this.time.step(until);
    for (const check of this.#afterStep.splice(0)) check();
    this.judge();
    return hasHappened;
  }

  /** Lets follow what follows at once from what was just called. @throws BrokenLaw */
  async settle(): Promise<void> {
    await settle();
    this.judge();
  }

  /** @throws BrokenLaw */
  judge(): void {
    if (this.#law !== undefined) throw new BrokenLaw(this.#law, this.history.slice(-historyLinesMax));
  }
}
