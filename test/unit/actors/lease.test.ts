import { expect, test } from "vitest";
import { defineGraph, limits, memoryJournal, step, task } from "runfold";
import type { Journal } from "runfold";
import { leaseName } from "../../../src/actors/lease.ts";
import { thisProcess } from "../../../src/adapters/owners/process-owner.ts";
import { Held, intrude, ManualClock, openWorld, turns } from "./world.ts";
import { journalWith } from "../../../src/ports/journal-with.ts";

/** A journal that others may share, as one in a file. */
function sharedJournal(others: Partial<Journal> = {}): Journal {
  const inner = memoryJournal();
  return { ...journalWith(inner, others), location: "somewhere" };
}

function heldGraph(): { readonly graph: ReturnType<typeof defineGraph>; readonly held: Held } {
  const held = new Held();
  return { held, graph: defineGraph("held", { objective: "Hold.", steps: [step("a", { run: task(held.call) })] }) };
}

const name = leaseName(thisProcess());

test("a process that writes runs gives signs of life for as long as it does, and says when it leaves", async () => {
  const clock = new ManualClock();
  const journal = sharedJournal();
  const { runtime } = await openWorld({ journal, clock });
  expect(await journal.leaseOf(name)).toBeUndefined();
  const { graph, held } = heldGraph();
  const run = await runtime.start(graph);
  await turns();
  const first = (await journal.leaseOf(name))!;
  expect(first).toBe(clock.now() + limits.leaseMs);
  await clock.advance(limits.leaseRenewMs * 3);
  expect(await journal.leaseOf(name)).toBe(first + limits.leaseRenewMs * 3);
  held.succeed();
  await run.outcome();
  await clock.advance(limits.leaseRenewMs);
  expect(await journal.leaseOf(name)).toBeLessThan(clock.now());
  expect(clock.armedInBackground).toBe(0);
});

test("a process that has lost a run learns of it with its next sign of life, and stops its work", async () => {
  const clock = new ManualClock();
  const journal = sharedJournal();
  const { runtime } = await openWorld({ journal, clock });
  const { graph, held } = heldGraph();
  const run = await runtime.start(graph, { id: "lost" });
  await held.started();
  await intrude(journal, "lost");
  await turns();
  expect(held.signals[0]!.aborted).toBe(false);
  const outcome = run.outcome().catch((error: unknown) => error);
  await clock.advance(limits.leaseRenewMs);
  expect(await outcome).toMatchObject({ code: "journal.conflict" });
  expect(held.signals[0]!.aborted).toBe(true);
});

test("a sign of life that cannot be given is told, and the next one is tried", async () => {
  let tries = 0;
  const clock = new ManualClock();
  const journal = sharedJournal({ renewLease: () => Promise.reject(new Error(`try ${++tries}`)) });
  const { runtime, diagnostics } = await openWorld({ journal, clock });
  const { graph, held } = heldGraph();
  const run = await runtime.start(graph);
  await clock.advance(limits.leaseRenewMs);
  held.succeed();
  expect((await run.outcome()).status).toBe("succeeded");
  expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
    ["lease-failed", "Error: try 1"],
    ["lease-failed", "Error: try 2"],
  ]);
});

test("a journal that nobody shares needs none", async () => {
  let tries = 0;
  const inner = memoryJournal();
  const journal = journalWith(inner, { renewLease: async () => void tries++ });
  const { runtime, clock } = await openWorld({ journal });
  const { graph, held } = heldGraph();
  const run = await runtime.start(graph);
  await clock.advance(limits.leaseRenewMs);
  held.succeed();
  await run.outcome();
  expect(tries).toBe(0);
});
