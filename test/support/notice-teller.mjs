// A process that runs three steps on a journal, and is told of them; it says what it is told, a line each, and never takes the last.
import process from "node:process";

const build = process.env.RUNFOLD_TEST_BUILD;
const { defineGraph, openRuntime, step, task } = await import(`${build}/index.js`);
const { sqliteJournal } = await import(`${build}/sqlite.js`);

const steps = ["a", "b", "c"].map((id) => step(id, { run: task(() => id) }));
const notify = { minIntervalSeconds: 0 };
const limits = { concurrency: 1 };
const graph = defineGraph("told", { objective: "Be told.", steps, notify, limits });

const runtime = await openRuntime({
  journal: sqliteJournal(process.argv[2]),
  notices: [
    {
      subscriber: "ear",
      sink: ({ key, isTerminal }) => {
        process.stdout.write(`${key}\n`);
        return isTerminal ? new Promise(() => undefined) : undefined;
      },
    },
  ],
});
await runtime.start(graph, { id: "r1" });
setInterval(() => undefined, 1_000);
