import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isRunfoldError, RunfoldError } from "../../src/domain/errors.ts";
import { failingJournal, virtualClock } from "runfold/testing";
import { memoryJournal } from "../../src/adapters/journals/memory-journal.ts";
import { brokenLaws } from "./journal-laws.ts";
import { eventsOf } from "../support/record-run.ts";
import { scenarios } from "../support/run-arbitrary.ts";
import type { Scenario } from "../support/run-arbitrary.ts";
import type { Run } from "../../src/actors/run.ts";
import type { RunWorld } from "../support/run-world.ts";
import { mustBe } from "../support/must-be.ts";
import { graphOf, openRunWorld, runDry } from "../support/run-world.ts";
import { checkReport, spyOn } from "../support/spy-reader.ts";
import { unhandledDuring } from "../support/unhandled.ts";

type Loss = "nothing is kept" | "only the answer is lost" | "another writer came first";

const codes: Readonly<Record<Loss, string>> = {
  "nothing is kept": "journal.full",
  "only the answer is lost": "journal.full",
  "another writer came first": "journal.conflict",
};

/** Lets the n-th append of a run fail, and holds what then happens against the laws. Returns whether there was such an append. */
async function playWithLoss(scenario: Scenario, nth: number, loss: Loss): Promise<boolean> {
  const world = openRunWorld(scenario);
  const { runtime, journal } = world;
  const other = await runtime.start(graphOf(scenario), { id: "other" });
  await runDry(world);
  const failing = journal.appends + nth;
  const error =
    loss === "another writer came first" ? "conflict" : new RunfoldError("journal.full", "The disk is full.");
  journal.failAppend(failing, { error, isKept: loss === "only the answer is lost" });

  const started = await settled(runtime.start(graphOf(scenario), { id: "main" }));
  if ("failure" in started) mustBe(codeOf(started.failure), codes[loss], "why the start was refused");
  else await watchLoss(world, started.value, failing, loss);
  mustBe(brokenLaws(scenario.graph, await world.commitsOf("main")).join(), "", "laws that the run broke");

  // Whatever became of it, other runs neither notice nor lose the way on.
  const hasFailed = journal.appends >= failing;
  await other.outcome();
  if (hasFailed) {
    const next = await runtime.start(graphOf(scenario), { id: "next" });
    await runDry(world);
    await next.outcome();
    mustBe(brokenLaws(scenario.graph, await world.commitsOf("next")).join(), "", "laws that the next run broke");
  }
  await runtime.close();
  return hasFailed;
}

async function watchLoss(world: RunWorld, run: Run, failing: number, loss: Loss): Promise<void> {
  const { clock, journal, executor } = world;
  const reports = kinds.map((kind) => spyOn(run, journal, kind, [], () => undefined));
  const outcome = settled(run.outcome());
  const wait = settled(run.wait({ until: "end" }));
  await runDry(world);
  const kept = eventsOf(await world.commitsOf(run.id)).map((event) => JSON.stringify(event));
  const hasFailed = journal.appends >= failing;
  const ends = await Promise.all([outcome, wait]);
  for (const end of ends) mustBe(String("failure" in end), String(hasFailed), "whether the end was refused");
  for (const report of reports) {
    mustBe(report.broken.join(), "", `what ${report.kind} saw`);
    mustBe(String(report.isDone), String(!hasFailed), `whether ${report.kind} came to an end`);
    if (!hasFailed) checkReport(report, kept, true);
    else if (report.kind !== "snapshot$") {
      mustBe(report.seen.join("\n"), kept.slice(0, report.seen.length).join("\n"), `the events of ${report.kind}`);
    }
  }
  if (!hasFailed) return;
  const cancel = await settled(run.cancel());
  for (const end of [...ends, cancel])
    mustBe(codeOf("failure" in end && end.failure), codes[loss], "what everyone is told");
  const running = executor.attempts.filter((attempt) => attempt.run === run.id && attempt.isRunning);
  // One that was given up before had been told then; everyone else is told now.
  const untold = running.filter(({ stops }) => stops.length === 0).map(({ step }) => step);
  mustBe(untold.join(), "", "attempts that were not told to stop");
  mustBe(journal.appends, failing, "appends after the one that failed");
  mustBe(clock.armed, 0, "timers left behind");
}

const kinds = ["events$", "snapshot$", "events()"] as const;

type Settled<T> = { readonly value: T } | { readonly failure: unknown };

async function settled<T>(promise: Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await promise };
  } catch (failure) {
    return { failure };
  }
}

function codeOf(failure: unknown): string {
  return isRunfoldError(failure) ? failure.code : `not one of ours: ${String(failure)}`;
}

const losses: readonly Loss[] = ["nothing is kept", "only the answer is lost", "another writer came first"];

for (const loss of losses) {
  test(`whichever append fails, nobody sees more than was kept, and only that run stops: ${loss}`, async () => {
    await fc.assert(
      fc.asyncProperty(scenarios({ stepsMax: 6 }), async (scenario) => {
        const unhandled = await unhandledDuring(async () => {
          for (let nth = 1; await playWithLoss(scenario, nth, loss); nth++) expect(nth).toBeLessThan(500);
        });
        expect(unhandled).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });
}

test("while an append is held nothing of it is seen, and what arrives meanwhile is committed with one more", async () => {
  await fc.assert(
    fc.asyncProperty(
      scenarios({ stepsMax: 8, isCalm: true }),
      fc.integer({ min: 1, max: 6 }),
      async (scenario, cancels) => {
        const world = openRunWorld(scenario);
        const { runtime, clock, journal } = world;
        const run = await runtime.start(graphOf(scenario), { id: "main" });
        const seen: number[] = [];
        run.events$.subscribe(({ position }) => void seen.push(position));
        // One turn of the event loop, in which no timer fires: every attempt still runs.
        await new Promise((resolve) => setImmediate(resolve));
        const before = { position: run.snapshot().position, appends: journal.appends, seen: seen.length };
        journal.hold();
        const answers = Array.from({ length: cancels }, () => run.cancel());
        await clock.advanceBy(0);
        expect(run.snapshot().position).toBe(before.position);
        expect(seen).toHaveLength(before.seen);
        // Those of one turn are one batch; nothing else may begin while it is held.
        expect(journal.appends).toBe(before.appends + 1);
        journal.release();
        const refusals = await Promise.all(answers);
        expect(refusals.filter((refusal) => refusal === undefined).length).toBeLessThanOrEqual(1);
        await runDry(world);
        expect(run.snapshot().isEnded).toBe(true);
        await runtime.close();
      },
    ),
    { numRuns: 100 },
  );
});

test("a failing journal that is not told to fail keeps everything", async () => {
  const clock = virtualClock();
  const journal = failingJournal(memoryJournal());
  await clock.advanceBy(1);
  expect(journal.appends).toBe(0);
  expect(await journal.head("nobody")).toBe(0);
  expect(journal.kept("nobody")).toBe(0);
});
