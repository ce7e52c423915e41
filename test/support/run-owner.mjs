/**
 * A process that owns runs until it is killed. Plain JavaScript on the built library, so that it starts at once.
 *
 * It is told by lines of JSON on stdin, and answers by lines of JSON on stdout, each written before anything else can happen: what
 * stands there was acknowledged, whenever the process is killed. `test/support/run-owner.ts` is its other end.
 */
import { writeSync } from "node:fs";
import { createInterface } from "node:readline";

const build = process.env.RUNFOLD_TEST_BUILD;
const { openRuntime, parseGraph } = await import(`${build}/index.js`);
const { sqliteJournal } = await import(`${build}/sqlite.js`);

const say = (line) => void writeSync(1, `${JSON.stringify(line)}\n`);
const { db, root = ".", options = {} } = JSON.parse(process.argv[2]);

/** Tasks by name: one that never ends but when it is told to, and one that ends at once. */
const hold = (_needs, { signal }) =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
const tasks = { hold, done: () => "done" };

const runtime = await openRuntime({
  journal: sqliteJournal(db),
  root,
  tasks,
  abortGraceMs: 200,
  onDiagnostic: ({ code, run, message }) => say({ diagnostic: code, run, message }),
  ...options,
});

const watched = new Set();
const failureOf = (error) => ({ code: error?.code ?? "none", message: String(error?.message ?? error) });

/** Says every event of a run, and how its wait and its outcome come out. */
function watch(run, isQuiet) {
  if (watched.has(run)) return;
  watched.add(run);
  if (!isQuiet) {
    run.events$.subscribe({
      next: ({ position, at, event }) => say({ run: run.id, position, at, event }),
      error: (error) => say({ run: run.id, eventsFailed: failureOf(error) }),
    });
    run.wait({ until: "end" }).catch((error) => say({ run: run.id, waitFailed: failureOf(error) }));
  }
  run.outcome().then(
    ({ status }) => say({ run: run.id, ended: status }),
    (error) => say({ run: run.id, outcomeFailed: failureOf(error) }),
  );
}

async function start(graphs, isQuiet) {
  const starting = Object.entries(graphs).map(async ([id, document]) => {
    const parsed = parseGraph(document);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
    watch(await runtime.start(parsed.graph, { id }), isQuiet);
  });
  await Promise.all(starting);
  say({ did: "start" });
}

async function resume(ids, force) {
  const resuming = ids.map(async (id) => {
    let refused;
    const run = await runtime.resume(id, { force }).catch((error) => {
      refused = failureOf(error).code;
      return runtime.get(id);
    });
    watch(run);
    const { epoch, owner } = run.snapshot();
    say({ run: id, resumed: { refused, epoch, isMine: owner.pid === process.pid } });
  });
  await Promise.all(resuming);
  say({ did: "resume" });
}

async function obey({ graphs, isQuiet = false, resumes, force = false, follow, cancel, close }) {
  if (graphs !== undefined) await start(graphs, isQuiet);
  if (resumes !== undefined) await resume(resumes, force);
  if (follow !== undefined) for (const id of follow) watch(await runtime.get(id));
  if (cancel !== undefined) await (await runtime.get(cancel)).cancel();
  if (close === true) {
    await runtime.close();
    say({ did: "close" });
    process.exit(0);
  }
}

createInterface({ input: process.stdin }).on("line", (line) => {
  obey(JSON.parse(line)).catch((error) => say({ broken: failureOf(error) }));
});
say({ did: "open" });
