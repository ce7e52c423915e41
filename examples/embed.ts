/**
 * Embeds a run in a program: three steps, typed outputs, a journal in a file, and events with a cursor to come back to.
 * Starting it again with the same database and id shows the same run: it is not run twice.
 */
import { command, defineGraph, openRuntime, step, task } from "runfold";
import { sqliteJournal } from "runfold/sqlite";

const log = step("log", { run: command("git", ["log", "--oneline", "-20"]) });
const size = step("size", { run: command("du", ["-sh", "."]) });
const report = step("report", {
  needs: { log, size },
  run: task(async ({ log, size }, { signal, progress }) => {
    signal.throwIfAborted();
    progress("putting it together");
    return `${log.stdout}\n${size.stdout}`;
  }),
});
export const audit = defineGraph("audit", {
  objective: "Describe this repository",
  steps: [log, size, report],
  limits: { concurrency: 4 },
});

/** Runs the audit and returns the report, with where to go on reading events. */
export async function describe(
  database: string,
): Promise<{ text: string | undefined; cursor: string; seen: string[] }> {
  await using runtime = await openRuntime({ journal: sqliteJournal(database), graphs: [audit] });
  const run = await runtime.start(audit, { id: "audit-42" });

  const seen: string[] = [];
  let saved: string | undefined;
  for await (const { event, cursor } of run.events()) {
    seen.push(event.type);
    saved = cursor;
  }

  const receipt = await run.wait({ after: saved!, timeoutMs: 30_000 });
  const outcome = await run.outcome();
  return { text: outcome.output(report), cursor: receipt.cursor, seen };
}
