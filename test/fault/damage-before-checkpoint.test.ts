import { readFileSync } from "node:fs";
import { afterEach, expect, it } from "vitest";
import { limits, openRuntime, parseGraph } from "runfold";
import { sqliteJournal } from "runfold/sqlite";
import { jsonLines, workplaces, type Workplace } from "./cli-process.ts";
import { editCommit } from "./edit-commit.ts";

const workplace = workplaces();
const before = { ...limits };

afterEach(() => {
  Object.assign(limits, before);
});

/** A run that left checkpoints, the newest of them at its end, and of which a commit before them is damaged. */
async function damaged(): Promise<Workplace> {
  Object.assign(limits, { checkpointEventsMin: 2, checkpointEventsAStepMin: 1 });
  const place = workplace();
  const steps = ["a", "b", "c", "d"].map((id, index, ids) => ({
    id,
    shell: `echo ${id}`,
    ...(index === 0 ? {} : { needs: [ids[index - 1]!] }),
  }));
  const parsed = parseGraph({ name: "damaged", objective: "Be read past a damage.", steps });
  if (!parsed.ok) throw new Error("The graph of this test is invalid.");
  await using runtime = await openRuntime({ journal: sqliteJournal(place.path(".runfold/runs.db")) });
  await (await runtime.start(parsed.graph, { id: "r1" })).outcome();
  // Each commit is the end of one step and the start of the next, and this is the second of them.
  await runtime.close();
  const at = Number(jsonLines((await place.run(["events", "r1", "--json"])).stdout).find(isEndOf("b"))?.["position"]);
  editCommit(place, at + 1, (body) => `${body} `, "is left");
  return place;
}

function isEndOf(step: string): (line: Record<string, unknown>) => boolean {
  return ({ event }) => JSON.stringify({ event }).startsWith(`{"event":{"type":"step.succeeded","step":"${step}"`);
}

it("a damage that a checkpoint leads past is told by whoever reads the journal itself", async () => {
  const place = await damaged();
  expect((await place.run(["status", "r1"])).code).toBe(0);
  const damage = { error: { code: "journal.corrupt" } };

  const events = await place.run(["events", "r1", "--json"]);
  const lines = jsonLines(events.stdout);
  expect(events.code).toBe(1);
  expect(lines.at(-1)).toMatchObject(damage);
  expect(lines.some(isEndOf("a"))).toBe(true);
  expect(lines.some(isEndOf("b"))).toBe(false);

  const exported = await place.run(["export", "r1", "--output", "r1.ndjson"]);
  expect(exported.code).toBe(1);
  expect(exported.stderr).toContain("damaged");
  const [header, ...commits] = jsonLines(readFileSync(place.path("r1.ndjson"), "utf8"));
  expect(header).toMatchObject({ isDamaged: true, commits: commits.length });

  const verified = await place.run(["verify", "r1", "--json"]);
  expect(verified.code).toBe(1);
  expect(jsonLines(verified.stdout).at(-1)).toMatchObject(damage);
});
