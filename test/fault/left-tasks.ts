import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commandLine } from "../support/built-command.ts";
import type { Workplace } from "./cli-process.ts";

/** A run of functions, left behind by a program that was killed. */
export async function leftTasks(place: Workplace, id: string): Promise<void> {
  const dist = dirname(dirname(commandLine[1]!));
  const program = `
    import { defineGraph, openRuntime, step, task } from ${JSON.stringify(join(dist, "index.js"))};
    import { sqliteJournal } from ${JSON.stringify(join(dist, "sqlite.js"))};
    const ready = step("ready", { run: task(async () => 1) });
    const waits = step("waits", { needs: { ready }, run: task(() => new Promise(() => console.log("working"))) });
    const later = step("later", { needs: { waits }, run: task(async () => 2) });
    const graph = defineGraph("tasks", { objective: "Be left.", steps: [ready, waits, later] });
    const runtime = await openRuntime({ journal: sqliteJournal(".runfold/runs.db"), recover: false });
    await runtime.start(graph, { id: ${JSON.stringify(id)} });
    setInterval(() => undefined, 1000);
  `;
  writeFileSync(place.path("tasks.mjs"), program);
  const run = place.start([], { instead: [process.execPath, "tasks.mjs"] });
  await run.until("working");
  run.child.kill("SIGKILL");
  await run.ended;
}
