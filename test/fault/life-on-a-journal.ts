import { ProcessRecord } from "../../src/actors/process-record.ts";
import { Runtime } from "../../src/actors/runtime.ts";
import type { Run } from "../../src/actors/run.ts";
import { memoryArtifacts } from "../../src/adapters/artifacts/memory-artifacts.ts";
import { memoryJournal } from "../../src/adapters/journals/memory-journal.ts";
import { isRunfoldError } from "../../src/domain/errors.ts";
import type { GraphDocument } from "../../src/domain/graph-document.ts";
import { failingJournal, scriptedExecutor, seededEntropy, succeeded, virtualClock } from "runfold/testing";
import type { FailingJournal, VirtualClock } from "runfold/testing";
import { type SpyReport, spyOn } from "../support/spy-reader.ts";

const step = (id: string, needs: readonly string[] = []) => ({ id, task: id, ...(needs.length > 0 && { needs }) });
export const graphs: Readonly<Record<string, GraphDocument>> = {
  main: {
    name: "main",
    objective: "Six steps to an end.",
    steps: [step("a"), step("b", ["a"]), step("c", ["a"]), step("d", ["b", "c"]), step("e", ["d"]), step("f", ["d"])],
  },
  hanging: { name: "hanging", objective: "Goes on until it is canceled.", steps: [step("hang")] },
};

/** One life of two runs on a journal: started and written here, watched and canceled from elsewhere, asked for by another owner, cleaned up. Each promise that it gives is settled into `told`. */
export class Life {
  /** The journal itself, which never fails. */
  readonly inner = Object.assign(memoryJournal(), { location: "journal.db" });
  readonly journal: FailingJournal = failingJournal(this.inner);
  readonly clock: VirtualClock = virtualClock({ startMs: 1_000_000 });
  /** What everyone was told: a code, or `done`. */
  readonly told = new Map<string, string>();
  readonly reports: { readonly run: string; readonly report: SpyReport }[] = [];
  readonly #pending = new Set<string>();

  async live(): Promise<void> {
    const here = this.#open(1);
    const elsewhere = this.#open(2);
    for (const id of ["main", "hanging"]) {
      const run = await this.#settle(`start ${id}`, here.start(this.#graph(id), { id }));
      if (run !== undefined) this.#watch(`here: ${id}`, run);
    }
    const runs: Run[] = [];
    for (const id of ["main", "hanging"]) {
      const run = await this.#settle(`get ${id}`, elsewhere.get(id));
      if (run !== undefined) runs.push(run);
    }
    for (const run of runs) this.#watch(`elsewhere: ${run.id}`, run);
    void this.#settle("list", elsewhere.list());
    await this.clock.advanceBy(15);
    const hanging = runs.find(({ id }) => id === "hanging");
    if (hanging !== undefined) await this.#settle("cancel", hanging.cancel());
    void this.#settle("resume", elsewhere.resume("main"));
    for (let round = 0; round < 40; round++) await this.clock.advanceBy(1_000);
    const main = runs.find(({ id }) => id === "main");
    if (main !== undefined) {
      // A reading of a run that its writer has lost goes on until its runtime is closed.
      void this.#settle("read", readAll(main));
      await this.#settle("output", main.output("a"));
    }
    if (hanging !== undefined) await this.#settle("clean up", hanging.cleanup());
    void this.#settle("close here", here.close());
    void this.#settle("close elsewhere", elsewhere.close());
    for (let round = 0; round < 40; round++) await this.clock.advanceBy(1_000);
  }

  /** What never came to an end. */
  get hanging(): readonly string[] {
    return [...this.#pending];
  }

  async #settle<Value>(what: string, promise: Promise<Value>): Promise<Value | undefined> {
    this.#pending.add(what);
    try {
      const value = await promise;
      this.told.set(what, "done");
      return value;
    } catch (error) {
      this.told.set(what, isRunfoldError(error) ? error.code : String(error));
      return undefined;
    } finally {
      this.#pending.delete(what);
    }
  }

  #watch(who: string, run: Run): void {
    for (const kind of ["events$", "snapshot$", "events()"] as const) {
      this.reports.push({ run: run.id, report: spyOn(run, this.journal, kind, [], () => undefined) });
    }
    void this.#settle(`${who}: wait`, run.wait({ until: "end" }));
    void this.#settle(`${who}: outcome`, run.outcome());
  }

  #graph(id: string) {
    return { document: graphs[id]!, tasks: new Map() };
  }

  #open(pid: number): Runtime {
    const { clock } = this;
    const executor = scriptedExecutor({
      started: (attempt) => {
        if (attempt.step !== "hang") clock.setTimer(clock.now() + 10, () => attempt.end(succeeded(attempt.step)));
      },
    });
    return new Runtime({
      journal: { ...this.journal, close: async () => undefined },
      artifacts: memoryArtifacts(),
      clock,
      entropy: seededEntropy(),
      workspace: { inspect: async () => ({ code: "none", message: "None." }), realRoot: async (root) => root },
      executors: new Map(executor.kinds.map((kind) => [kind, executor])),
      owner: { host: `host-${pid}`, pid, processStart: "1" },
      root: "/work",
      abortGraceMs: 60,
      liveRunsMax: 10,
      bindTasks: () => undefined,
      releaseTasks: () => undefined,
      record: new ProcessRecord(),
      livenessOf: (owner) => (owner.pid === pid ? "alive" : "unknown"),
      writesCheckpoints: true,
      notices: [{ subscriber: "ear", sink: () => undefined }],
      observers: [],
      onDiagnostic: undefined,
    });
  }
}

async function readAll(run: Run): Promise<void> {
  for await (const event of run.events()) void event;
}
