import { ProcessRecord } from "../../src/actors/process-record.ts";
import { Runtime } from "../../src/actors/runtime.ts";
import type { RuntimeDiagnostic } from "../../src/actors/runtime-diagnostics.ts";
import { isRunfoldError } from "../../src/domain/errors.ts";
import type { Owner } from "../../src/domain/events.ts";
import type { Position } from "../../src/domain/ids.ts";
import type { Attempt } from "../../src/ports/executor.ts";
import type { Behaviour } from "../support/run-arbitrary.ts";
import { checkHanded } from "./message-answers.ts";
import { checkLaunch, checkStopped } from "./launch-laws.ts";
import { listener } from "./notice-laws.ts";
import { numberOf, SimulatedExecutor } from "./simulated-executor.ts";
import { SimulatedJournal } from "./simulated-journal.ts";
import { ProcessClock } from "./simulated-time.ts";
import type { World } from "./world.ts";

/** A process with a runtime in it, from its start to its death. */
export class SimulatedProcess {
  readonly owner: Owner;
  readonly clock: ProcessClock;
  readonly journal: SimulatedJournal;
  readonly executor: SimulatedExecutor;
  readonly runtime: Runtime;
  /** By the life of a run: up to where this process was told that what it wrote is durable. */
  readonly acknowledged = new Map<string, Position>();
  /** By the life of a run: an epoch that was another process's when this one was refused. */
  readonly lost = new Map<string, number>();
  /** Runs of which it said that what an earlier owner left may still run. */
  readonly badlySwept = new Set<string>();
  /** How often the journal told it that something failed. */
  failures = 0;
  isDead = false;
  isClosing = false;
  readonly #world: World;
  readonly #diagnostics = new Set<string>();

  constructor(world: World, pid: number, slot: number) {
    const { time, chance, scenario, store, faults } = world;
    this.#world = world;
    this.owner = { host: `host-${slot}`, pid, processStart: String(pid) };
    const skew = scenario.skewMsMax;
    this.clock = new ProcessClock(time, skew === 0 ? 0 : chance.below(2 * skew + 1) - skew);
    const { clock, owner } = this;
    this.journal = new SimulatedJournal({
      store,
      time,
      clock,
      chance,
      faults,
      author: { owner, mayTakeForDead: (other) => this.#livenessOf(other) !== "alive" },
      acknowledged: (_run, life, position) =>
        void this.acknowledged.set(life, Math.max(position, this.acknowledged.get(life) ?? 0)),
      lost: (run) => this.#lose(run),
      failed: () => void this.failures++,
    });
    this.executor = new SimulatedExecutor({
      time,
      clock,
      chance,
      faults,
      resumes: scenario.resumes,
      pace: scenario.pace,
      behaviourOf: (attempt) => this.#behaviourOf(attempt),
      launched: (working) => checkLaunch(world, this, working),
      handed: (working, message) => checkHanded(world, this, working, message),
      sweep: (attemptOwner, isWhole) => world.sweep(attemptOwner, isWhole),
    });
    this.runtime = new Runtime({
      journal: this.journal,
      artifacts: world.artifacts,
      clock,
      entropy: { fraction: () => chance.fraction(), uniqueName: () => world.uniqueName() },
      workspace: { inspect: async () => ({ code: "none", message: "None." }), realRoot: async (root) => root },
      executors: new Map(this.executor.kinds.map((kind) => [kind, this.executor])),
      owner,
      root: "/work",
      abortGraceMs: 60,
      liveRunsMax: scenario.liveRunsMax,
      bindTasks: () => undefined,
      releaseTasks: () => undefined,
      record: new ProcessRecord(),
      livenessOf: (other) => this.#livenessOf(other),
      writesCheckpoints: true,
      notices: [{ subscriber: listener, sink: (notice) => world.heard.take(world, this, notice) }],
      observers: [],
      onDiagnostic: (diagnostic) => this.#diagnose(diagnostic),
    });
  }

  /** It can do something right now. */
  get isAwake(): boolean {
    return !this.isDead && !this.isClosing && !this.clock.isSuspended;
  }

  /** Nothing of it ever happens again; work that it began may outlive it. */
  die(): void {
    this.isDead = true;
    this.#world.time.forget(this.clock);
    this.journal.die();
    for (const working of this.executor.working) {
      if (this.#world.chance.happens(50)) this.#world.orphans.add(working);
    }
    this.executor.working.clear();
  }

  #livenessOf(other: Owner): "alive" | "gone" | "unknown" {
    if (this.#world.scenario.isFarApart && other.host !== this.owner.host) return "unknown";
    return this.#world.isDead(other) ? "gone" : "alive";
  }

  #behaviourOf({ graph: { name: graphName }, step, number }: Attempt): Behaviour {
    const { graphs } = this.#world.scenario;
    const { behaviours } = graphs.find(({ graph }) => graph.name === graphName)!;
    const list = behaviours[numberOf(step.id)] ?? behaviours[0]!;
    return list[Math.min(number, list.length) - 1]!;
  }

  #lose(run: string): void {
    const truth = this.#world.store.runs.get(run)?.truth;
    if (truth === undefined || truth.state.owner.pid === this.owner.pid) return;
    const { life, epoch } = truth.state;
    this.lost.set(life, epoch);
    // What follows from it has happened when this step of the world is over.
    this.#world.afterStep(() => checkStopped(this.#world, this, life, epoch));
  }

  #diagnose({ code, run, message, cause }: RuntimeDiagnostic): void {
    this.#world.note(`process ${this.owner.pid} reports ${code} of ${run}: ${message}`);
    if (code === "sweep-failed") this.badlySwept.add(run ?? "");
    const key = `${code} ${run} ${message}`;
    if (this.#diagnostics.has(key)) this.#world.broken(`law 8: a diagnostic was told twice: ${key}`);
    this.#diagnostics.add(key);
    if (isRunfoldError(cause, "invariant.broken")) this.#world.broken(`an invariant broke: ${message}`);
  }
}
