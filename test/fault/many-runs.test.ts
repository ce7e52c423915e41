import { createHash } from "node:crypto";
import { createReadStream, readdirSync, statSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { openRuntime, parseGraph, verify } from "runfold";
import type { Graph, Run, Runtime } from "runfold";
import { sqliteJournal } from "runfold/sqlite";
import { eventually } from "../support/eventually.ts";
import { countOf, faultPlaces, graphOf } from "../support/fault-place.ts";
import { showsProcesses } from "../support/processes.ts";
import { eventsOf } from "../unit/actors/world.ts";

const placeOf = faultPlaces();
const ids = Array.from({ length: 1_000 }, (_, number) => `r${number}`);
const document = graphOf("many", [
  { id: "hold", task: "hold" },
  { id: "last", task: "done", needs: ["hold"] },
]);

function graph(): Graph {
  const parsed = parseGraph(document);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  return parsed.graph;
}

async function expectVerified(runtime: Runtime): Promise<void> {
  const runs = await Promise.all(ids.map(async (id) => (await runtime.get(id))!.verify()));
  expect(runs.filter(({ ok }) => !ok)).toEqual([]);
}

describe("a thousand runs at once", () => {
  test("end each as it should, also when half of them are canceled", async () => {
    const place = placeOf();
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const hold = async (_needs: unknown, { signal }: { readonly signal: AbortSignal }): Promise<string> => {
      const aborted = new Promise<never>((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(new Error("stopped")));
      });
      await Promise.race([released, aborted]);
      return "held";
    };
    await using runtime = await openRuntime({ journal: sqliteJournal(place.db), tasks: { hold, done: () => "done" } });
    const runs = await Promise.all(ids.map((id) => runtime.start(graph(), { id })));
    // One more is refused, and costs the others nothing.
    await expect(runtime.start(graph())).rejects.toMatchObject({ code: "runtime.full" });
    const canceled = runs.filter((_, number) => number % 2 === 0);
    await Promise.all(canceled.map((run) => run.cancel()));
    release();
    const outcomes = await Promise.all(runs.map((run) => run.outcome()));
    const expected = ids.map((_, number) => (number % 2 === 0 ? "canceled" : "succeeded"));
    expect(outcomes.map(({ status }) => status)).toEqual(expected);
    await expectVerified(runtime);
  });

  test.runIf(showsProcesses)("whose process is killed are all taken over by the next one, and end", async () => {
    const place = placeOf();
    const graphs = Object.fromEntries(ids.map((id) => [id, document]));
    const lost = place.owner({ graphs, isQuiet: true });
    await lost.until(({ did }) => did === "start");
    await lost.kill();
    const told: string[] = [];
    await using runtime = await openRuntime({
      journal: sqliteJournal(place.db),
      tasks: { hold: () => "held", done: () => "done" },
      onDiagnostic: ({ code, message }) => told.push(`${code}: ${message}`),
    });
    const runs: Run[] = [];
    for (const id of ids) runs.push((await runtime.get(id))!);
    const outcomes = await Promise.all(runs.map((run) => run.outcome()));
    expect(outcomes.filter(({ status }) => status !== "succeeded")).toEqual([]);
    expect(runs.filter((run) => run.snapshot().epoch !== 2)).toEqual([]);
    expect(told).toEqual([]);
    await expectVerified(runtime);
  });
});

describe.runIf(showsProcesses)("an output of 100 MB", () => {
  const bytes = 100 * 1024 * 1024;

  test("whose process is killed in the middle is written anew, and what was half written is not used", async () => {
    const place = placeOf();
    const half = `head -c ${bytes / 2} /dev/zero | tr '\\0' a; sleep 1000`;
    const shell = `if [ $RUNFOLD_ATTEMPT = 1 ]; then ${half}; fi; head -c ${bytes} /dev/zero | tr '\\0' b`;
    const lost = place.owner({ graphs: { r: graphOf("large", [{ id: "big", shell }]) } });
    const files = (): string[] =>
      readdirSync(place.directory, { recursive: true }).map((name) => place.path(String(name)));
    const largest = (): number =>
      Math.max(0, ...files().map((file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0));
    await eventually(() => largest() > bytes / 4, "a quarter of the output is kept");
    await lost.kill();
    await using runtime = await openRuntime({ journal: sqliteJournal(place.db), root: place.directory });
    const run = (await runtime.get("r"))!;
    expect((await run.outcome()).status).toBe("succeeded");
    const { stored } = await run.result("big");
    const artifact = stored?.spilled?.[0]?.artifact;
    expect(artifact).toMatchObject({ name: expect.stringContaining(".2."), bytes });
    const file = files().find((path) => path.endsWith(artifact!.name));
    const hash = createHash("sha256");
    for await (const chunk of createReadStream(file!)) hash.update(chunk as Buffer);
    const expectedHash = createHash("sha256").update(Buffer.alloc(bytes, "b")).digest("hex");
    expect([hash.digest("hex"), artifact!.sha256]).toEqual([expectedHash, expectedHash]);
    const journal = sqliteJournal(place.db);
    const events = await eventsOf(journal, "r");
    expect(events.filter((event) => event.type === "artifact.stored")).toHaveLength(1);
    expect(verify(await journal.read("r", 0))).toMatchObject({ ok: true });
    expect(countOf(events, "step.interrupted")).toBe(1);
    await journal.close();
    await run.cleanup();
    expect(files().filter((path) => path.includes("stdout"))).toEqual([]);
  });
});
