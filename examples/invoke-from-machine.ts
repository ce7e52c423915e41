/**
 * An XState machine that invokes a run: it follows the run's progress, takes a typed output from its end, and, restored from a snapshot
 * that was kept in a file, goes on with the same run.
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { assign, createActor, setup, waitFor } from "xstate";
import { defineGraph, openRuntime, step, task } from "runfold";
import type { Runtime } from "runfold";
import { sqliteJournal } from "runfold/sqlite";
import { toActorLogic } from "runfold/xstate";

const collect = step("collect", { run: task(() => ["a.ts", "b.ts"]) });
const review = step("review", {
  needs: { collect },
  run: task(({ collect: files }) => `${files.length} files reviewed`),
});
export const reviewGraph = defineGraph("review", { objective: "Review what changed.", steps: [collect, review] });

/** A machine of an application: what it waits for is a run, and it never sees how that is done. */
function pullRequest(runtime: Runtime) {
  return setup({
    types: { context: {} as { readonly summary: string | undefined; readonly ended: number } },
    actors: { review: toActorLogic(runtime, reviewGraph, { results: { summary: review } }) },
  }).createMachine({
    context: { summary: undefined, ended: 0 },
    initial: "reviewing",
    states: {
      reviewing: {
        invoke: {
          src: "review",
          // Named after what it is for: a machine that is started anew from its beginning finds the same run.
          input: { id: "review-of-42" },
          onSnapshot: {
            actions: assign({ ended: ({ event }) => event.snapshot.progress?.counts.succeeded ?? 0 }),
          },
          onDone: [
            {
              guard: ({ event }) => event.output.status === "succeeded",
              target: "reviewed",
              actions: assign({ summary: ({ event }) => event.output.outputs.summary }),
            },
            { target: "failed" },
          ],
          onError: "failed",
        },
      },
      reviewed: { type: "final" },
      failed: { type: "final" },
    },
  });
}

export interface Reviewed {
  readonly state: string;
  readonly summary: string | undefined;
  readonly runs: number;
}

/** Goes on where the snapshot in the file was taken, or from the beginning where there is none. */
export async function reviewOrGoOn(database: string, file: string): Promise<Reviewed> {
  await mkdir(dirname(database), { recursive: true });
  await using runtime = await openRuntime({ journal: sqliteJournal(database), graphs: [reviewGraph] });
  const kept = await readFile(file, "utf8").catch(() => undefined);
  const actor = createActor(pullRequest(runtime), kept === undefined ? {} : { snapshot: JSON.parse(kept) });
  actor.start();
  if (kept === undefined) await writeFile(file, JSON.stringify(actor.getPersistedSnapshot()));
  const { value, context } = await waitFor(actor, ({ status }) => status === "done");
  return { state: value, summary: context.summary, runs: (await runtime.list()).length };
}
