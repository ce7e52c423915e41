import type { Commit } from "../../src/domain/commit.ts";
import type { AgentDefinition } from "../../src/domain/agent.ts";
import { commitSchema } from "../../src/domain/commit.ts";
import type { Place, ProgressReport } from "../../src/domain/events.ts";
import type { Failure } from "../../src/domain/failure.ts";
import type { GraphDocument, GraphLimits, StepDocument } from "../../src/domain/graph-document.ts";
import type { Input } from "../../src/domain/inputs.ts";
import type { StoredOutput } from "../../src/domain/output.ts";
import { decide, isRefusal } from "../../src/machines/decide.ts";
import { evolve } from "../../src/machines/evolve.ts";
import { initialState } from "../../src/machines/run-state.ts";
import type { RunState } from "../../src/machines/run-state.ts";
import { upcast } from "../../src/machines/upcast.ts";

export const firstMoment = 1_790_000_000_000;

/** What a report says beside its step and attempt. */
export type FailReport = Partial<Pick<Extract<Input, { type: "step.fail" }>, "partial" | "artifacts" | "jitter">>;

/**
 * Drives the machines as a runtime would, and keeps the commits as a journal would. Time passes only where a scenario says so,
 * and an input that is refused is a mistake of the scenario.
 */
export class Recorder {
  readonly run: string;
  readonly commits: Commit[] = [];
  now = firstMoment;
  readonly #state: RunState = initialState();

  /** With `past`, commits of any version: the run goes on after them, in the hands of this one. */
  constructor(run: string, past: readonly Commit[] = []) {
    this.run = run;
    for (const commit of past) {
      for (const event of upcast(commit).events) evolve(this.#state, event, commit.at);
      this.commits.push(commit);
      this.now = commit.at;
    }
  }

  /** @throws Error for an input that is refused. */
  take(input: Input, laterMs = 1_250): this {
    this.now += laterMs;
    const events = decide(this.#state, input, this.now);
    if (isRefusal(events)) throw new Error(`${this.run}: ${input.type} was refused: ${events.message}`);
    this.commits.push({ schema: commitSchema, position: this.#state.position, at: this.now, input, events });
    return this;
  }

  start(graph: GraphDocument, places: readonly Place[] = []): this {
    const owner = { host: "build-7", pid: 4711, processStart: "81523" };
    const life = `life-of-${this.run}`;
    return this.take({ type: "run.start", run: this.run, life, graph, root: "/home/ada/site", places, owner }, 0);
  }

  succeed(step: string, output: StoredOutput = { value: null }, laterMs?: number): this {
    return this.take({ type: "step.succeed", step, attempt: this.attemptOf(step), output }, laterMs);
  }

  fail(step: string, failure: Failure, { jitter = 0, ...rest }: FailReport = {}, laterMs?: number): this {
    return this.take({ type: "step.fail", step, attempt: this.attemptOf(step), failure, ...rest, jitter }, laterMs);
  }

  /** The end of an attempt that was told to stop. */
  abort(step: string, partial?: StoredOutput): this {
    const failure: Failure = { kind: "aborted", message: "It was told to stop, and did." };
    return this.fail(step, failure, partial === undefined ? {} : { partial });
  }

  progress(step: string, report: ProgressReport): this {
    return this.take({ type: "step.progress", step, attempt: this.attemptOf(step), report }, 300);
  }

  timeOut(step: string): this {
    return this.take({ type: "step.timeOut", step, attempt: this.attemptOf(step) }, 30_000);
  }

  retry(step: string): this {
    return this.take({ type: "step.retry", step, attempt: this.attemptOf(step) }, 4_000);
  }

  cancel(reason: string, force = false): this {
    return this.take({ type: "run.cancel", reason, force });
  }

  /** Another process takes the run over. */
  recover(resumable: readonly string[] = [], laterMs = 20_000): this {
    const epoch = this.#state.epoch + 1;
    const owner = { host: "build-8", pid: 100 + epoch, processStart: `${90_000 + epoch}` };
    return this.take({ type: "run.recover", owner, epoch, places: [], resumable }, laterMs);
  }

  /** The commits so far become the past of this run, which is another one than theirs. */
  fork(graph?: GraphDocument, places: readonly Place[] = [], definitions?: readonly AgentDefinition[]): this {
    const { run, life, position } = this.#state;
    const owner = { host: "laptop", pid: 77, processStart: "12" };
    const fork = {
      type: "run.fork",
      run: this.run,
      life: `life-of-${this.run}`,
      from: { run, life, position },
    } as const;
    const named = definitions === undefined ? {} : { definitions };
    const edited = graph === undefined ? {} : { graph };
    return this.take({ ...fork, ...edited, root: "/home/eve/site", places, owner, ...named });
  }

  attemptOf(step: string): number {
    const number = this.#state.plan.numberOf.get(step);
    if (number === undefined) throw new Error(`${this.run} has no step ${step}`);
    return this.#state.attempts[number]!;
  }
}

export function graphOf(name: string, steps: readonly StepDocument[], limits?: GraphLimits): GraphDocument {
  const objective = `Show what a journal of "${name}" looks like.`;
  return { name, objective, steps, ...(limits === undefined ? {} : { limits }) };
}

/** The same reference for the same text: a hash that no store has made will do for a journal. */
export function artifactOf(name: string, bytes: number): { name: string; bytes: number; sha256: string } {
  const digits = Array.from({ length: 64 }, (_none, index) => ((bytes * 31 + index * 7) % 16).toString(16));
  return { name, bytes, sha256: digits.join("") };
}
