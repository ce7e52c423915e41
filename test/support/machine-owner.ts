import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createActor, createMachine, waitFor } from "xstate";
import { defineGraph, openRuntime, shell, step } from "../../src/index.ts";
import { sqliteJournal } from "../../src/sqlite.ts";
import { toActorLogic } from "../../src/xstate.ts";

/**
 * A process whose machine invokes a run, and keeps the machine's snapshot in a file whenever the run has told of itself: one that is
 * killed leaves the journal, and the file. Arguments: the database, and the file.
 */
const [database = "", file = ""] = process.argv.slice(2);

const first = step("first", { run: shell("echo first >> marks; echo kept") });
const second = step("second", { needs: { first }, run: shell("echo begun; until [ -e go ]; do sleep 0.05; done") });
const graph = defineGraph("pair", { objective: "Outlive a process.", steps: [first, second] });

const runtime = await openRuntime({ journal: sqliteJournal(database), graphs: [graph] });
const machine = createMachine({
  initial: "working",
  states: {
    // No id is given: only the snapshot tells which run it was.
    working: { invoke: { id: "work", src: toActorLogic(runtime, graph, { results: { first } }), onDone: "done" } },
    done: { type: "final" },
  },
});
const actor = createActor(machine, existsSync(file) ? { snapshot: JSON.parse(readFileSync(file, "utf8")) } : {});
actor.start();
const work = actor.getSnapshot().children["work"]!;
work.subscribe(() => {
  writeFileSync(`${file}.new`, JSON.stringify(actor.getPersistedSnapshot()));
  renameSync(`${file}.new`, file);
  const { progress } = work.getSnapshot() as { progress?: { counts: { succeeded: number; running: number } } };
  if (progress?.counts.succeeded === 1 && progress.counts.running === 1) console.log("waiting");
});
await waitFor(actor, ({ status }) => status === "done", { timeout: Number.POSITIVE_INFINITY });
console.log(JSON.stringify(work.getSnapshot().output));
await runtime.close();
