import { artifactPlace } from "../../src/domain/artifact.ts";
import { describe, expect, test } from "vitest";
import { defineGraph, limits, memoryArtifacts, step, task } from "runfold";
import type { ArtifactStore } from "runfold";
import { eventsOf, openWorld } from "../unit/actors/world.ts";

const large = "é".repeat(limits.inlinePayloadBytesMax);
const rows = Array.from({ length: 5_000 }, (_, id) => ({ id, name: `row ${id}` }));

const text = step("text", { run: task(() => large) });
const table = step("table", { run: task(() => rows) });
const small = step("small", { run: task(() => ({ ok: true })) });
const sum = step("sum", {
  needs: { text, table, small },
  run: task(({ text: words, table: lines, small: flag }) => [words.length, lines.at(-1)?.name, flag.ok] as const),
});
const graph = defineGraph("large", { objective: "Carry much.", steps: [text, table, small, sum] });

describe("outputs above what the journal takes", () => {
  test("are kept outside it, once, and come back whole and typed", async () => {
    const artifacts = memoryArtifacts();
    const { runtime, journal } = await openWorld({ artifacts });
    const run = await runtime.start(graph);
    const outcome = await run.outcome();
    const back: string | undefined = outcome.output(text);
    const lines: readonly { id: number; name: string }[] | undefined = await run.output(table);
    expect(back).toBe(large);
    expect(lines).toEqual(rows);
    expect(outcome.output(small)).toEqual({ ok: true });
    expect(outcome.output(sum)).toEqual([large.length, "row 4999", true]);
    const events = await eventsOf(journal, run);
    for (const event of events) expect(JSON.stringify(event).length).toBeLessThan(limits.inlinePayloadBytesMax);
    expect(events.filter(({ type }) => type === "artifact.stored")).toHaveLength(2);
    expect(await artifacts.list(artifactPlace(run.id, run.snapshot().life))).toHaveLength(2);
  });

  test("stand exactly at the limit inside, and one byte above it outside", async () => {
    const { runtime, journal } = await openWorld();
    const fits = step("fits", { run: task(() => "x".repeat(limits.inlinePayloadBytesMax - 2)) });
    const over = step("over", { run: task(() => "x".repeat(limits.inlinePayloadBytesMax - 1)) });
    const run = await runtime.start(defineGraph("edge", { objective: "Edge.", steps: [fits, over] }));
    const outcome = await run.outcome();
    expect([outcome.output(fits)?.length, outcome.output(over)?.length]).toEqual([16_382, 16_383]);
    const stored = (await eventsOf(journal, run)).filter(({ type }) => type === "artifact.stored");
    expect(stored).toMatchObject([{ step: "over" }]);
  });

  test("can be had as they are stored, without loading them", async () => {
    const { runtime } = await openWorld();
    const run = await runtime.start(graph);
    await run.outcome();
    const { stored, step: snapshot } = await run.result(text);
    expect(stored?.value).toBeNull();
    expect(stored?.spilled).toMatchObject([{ pointer: "", encoding: "text", artifact: { bytes: 2 * large.length } }]);
    expect(snapshot.status).toBe("succeeded");
  });

  test("are not held by the views", async () => {
    const { runtime } = await openWorld();
    const run = await runtime.start(graph);
    await run.outcome();
    expect(JSON.stringify(run.snapshot()).length).toBeLessThan(10_000);
  });

  test("that cannot be written are a failure of their step, and say why", async () => {
    const artifacts = memoryArtifacts();
    const full: ArtifactStore = { ...artifacts, create: () => Promise.reject(new Error("disk full")) };
    const { runtime } = await openWorld({ artifacts: full });
    const outcome = await (await runtime.start(graph)).outcome();
    expect(outcome.status).toBe("mixed");
    expect(outcome.run.steps.get("text")?.failure).toMatchObject({ kind: "output" });
    expect(outcome.run.steps.get("text")?.failure?.message).toContain("disk full");
    expect(outcome.run.steps.get("sum")?.status).toBe("blocked");
  });

  test("that a dependent cannot read are a failure of its launch, which is not tried again", async () => {
    const artifacts = memoryArtifacts();
    const lost: ArtifactStore = {
      ...artifacts,
      read: () => {
        throw new Error("vanished");
      },
    };
    const { runtime } = await openWorld({ artifacts: lost });
    let calls = 0;
    const reader = step("reader", { needs: { text }, retry: { attempts: 3 }, run: task(() => void calls++) });
    const run = await runtime.start(defineGraph("lost", { objective: "Read.", steps: [text, reader] }));
    await run.wait({ until: "end" });
    const { failure, attempt } = run.snapshot().steps.get("reader")!;
    expect([failure?.kind, failure?.final, attempt, calls]).toEqual(["launch", true, 1, 0]);
    expect(failure?.message).toContain("vanished");
  });

  test("of another sort than JSON are a failure that names the place", async () => {
    const { runtime } = await openWorld();
    const odd = step("odd", { run: task(() => ({ list: [1n] })) });
    const outcome = await (await runtime.start(defineGraph("odd", { objective: "Odd.", steps: [odd] }))).outcome();
    expect(outcome.run.steps.get("odd")?.failure).toMatchObject({ kind: "output", final: true });
    expect(outcome.run.steps.get("odd")?.failure?.message).toContain("/list/0 is a bigint");
  });
});

test("an output of a step that did not succeed is undefined, of one that is not there an error", async () => {
  const { runtime } = await openWorld();
  const bad = step("bad", {
    run: task((): number => {
      throw new Error("boom");
    }),
  });
  const run = await runtime.start(defineGraph("bad", { objective: "Fail.", steps: [bad] }));
  const outcome = await run.outcome();
  expect([outcome.status, outcome.output(bad), await run.output(bad)]).toEqual(["failed", undefined, undefined]);
  expect(() => outcome.output("nowhere")).toThrow(expect.objectContaining({ code: "step.unknown" }));
  await expect(run.output("nowhere")).rejects.toMatchObject({ code: "step.unknown" });
});
