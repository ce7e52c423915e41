import { createHash, randomBytes } from "node:crypto";
import { isRunfoldError, RunfoldError } from "../domain/errors.ts";
import { limits } from "../domain/limits.ts";
import { isRunEnded } from "../domain/status.ts";
import type { Graph, Run, RunSummary, Runtime } from "../index.ts";
import { isRunNumber } from "./input-schema.ts";

/** Whose a run is. A caller without a session shares what it starts with every other caller without one. */
export type Session = string | undefined;

/** How many runs of this tool there are, and how many of them are a session's. */
export interface RunCounts {
  readonly live: number;
  readonly retained: number;
  readonly own: readonly RunSummary[];
}

const namePattern = /^team-([0-9a-f]{16})-[0-9a-f]{8}$/;

/**
 * The runs that were started through the tool, in this or an earlier process. Whose a run is stands in the name of its graph, as a hash
 * of the session, so a session that comes back after a crash finds its own, and nobody else's.
 */
export class TeamRuns {
  readonly #runtime: Runtime;
  /** Lives of runs whose cleanup failed: they can still be read, and cleaned up again. One that is being cleaned up is gone already. */
  readonly #halfCleaned = new Set<string>();
  #lastNumber = 0;
  /** One start at a time, so that none slips past the capacity that another is about to use up. */
  #starting: Promise<unknown> = Promise.resolve();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** A name for the graph of a new run of a session. */
  newName(session: Session): string {
    return `team-${ownerOf(session)}-${randomBytes(4).toString("hex")}`;
  }

  /** A session's run by its id, also one whose cleanup failed halfway; undefined where there is none, or it is another's. */
  async find(session: Session, id: string): Promise<Run | undefined> {
    if (!isRunNumber(id)) return undefined;
    const run = await this.#runtime.get(id);
    const snapshot = run?.snapshot();
    if (snapshot === undefined || !this.isOf(session, snapshot.graph.name)) return undefined;
    return snapshot.isCleaned && !this.#halfCleaned.has(snapshot.life) ? undefined : run;
  }

  /** Keeps a run whose cleanup failed in sight, for as long as there are not too many of them. */
  keepInSight(life: string): void {
    this.#halfCleaned.add(life);
    const [oldest] = this.#halfCleaned;
    if (this.#halfCleaned.size > limits.toolRetainedRunsMax && oldest !== undefined) this.#halfCleaned.delete(oldest);
  }

  isOf(session: Session, name: string): boolean {
    return ownerIn(name) === ownerOf(session);
  }

  async count(session: Session): Promise<RunCounts> {
    const runs = (await this.#runtime.list()).filter(({ name, isCleaned }) => namePattern.test(name) && !isCleaned);
    const own = runs.filter(({ name }) => this.isOf(session, name));
    return { live: runs.filter(({ status }) => !isRunEnded(status)).length, retained: runs.length, own };
  }

  /**
   * Starts a graph under the next number, if `refuses` finds no reason against it. A start that is denied takes no number.
   * @throws what `Runtime.start` throws; `run.idInvalid` where there are no numbers left.
   */
  start<Refusal>(graph: Graph, refuses: () => Promise<Refusal | undefined>): Promise<Run | { refusal: Refusal }> {
    const started = this.#starting.then(async () => {
      const refusal = await refuses();
      return refusal === undefined ? await this.#startNext(graph) : { refusal };
    });
    this.#starting = started.catch(() => undefined);
    return started;
  }

  /** Resolves when no start that was asked for before is still under way. */
  async whenStarted(): Promise<void> {
    await this.#starting;
  }

  async #startNext(graph: Graph): Promise<Run> {
    // Beyond those of this process: another one may have started runs in the same journal, or an earlier one left some.
    for (const { id } of await this.#runtime.list()) {
      if (isRunNumber(id)) this.#lastNumber = Math.max(this.#lastNumber, Number(id.slice(1)));
    }
    for (let tries = 0; tries < limits.toolRunNumberTriesMax; tries++) {
      const number = this.#lastNumber + 1 + tries;
      if (number > limits.toolRunNumberMax) {
        throw new RunfoldError("run.idInvalid", `All run ids up to r${limits.toolRunNumberMax} have been used.`);
      }
      try {
        const run = await this.#runtime.start(graph, { id: `r${number}` });
        this.#lastNumber = number;
        return run;
      } catch (thrown) {
        // Another process was faster with this number; its graph has another name than any of ours.
        if (!isRunfoldError(thrown, "run.conflicting")) throw thrown;
      }
    }
    throw new RunfoldError("run.conflicting", "Other processes take every number first.");
  }
}

/** Whose a run is, by the name of its graph; undefined for one that the tool did not start. */
export function ownerIn(name: string): string | undefined {
  return namePattern.exec(name)?.[1];
}

/** The hash keeps the session's name out of the journal, and one that is called as a caller without a session from being one. */
export function ownerOf(session: Session): string {
  const key = session === undefined ? "process" : `session\n${session}`;
  return createHash("sha256").update(key).digest("hex").slice(0, 16);
}
