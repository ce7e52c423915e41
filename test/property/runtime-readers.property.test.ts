import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { Event } from "../../src/domain/events.ts";
import { brokenLaws } from "./journal-laws.ts";
import { RunView } from "../../src/projections/run-view.ts";
import { mustBe } from "../support/must-be.ts";
import { eventsOf } from "../support/record-run.ts";
import { scenarios } from "../support/run-arbitrary.ts";
import type { Scenario } from "../support/run-arbitrary.ts";
import { graphOf, openRunWorld, runDry } from "../support/run-world.ts";
import type { RunWorld } from "../support/run-world.ts";
import { checkReport, spyOn } from "../support/spy-reader.ts";
import type { Kind, Reaction, SpyReport } from "../support/spy-reader.ts";
import { unhandledDuring } from "../support/unhandled.ts";

const numRuns = 150;

interface Reader {
  readonly kind: Kind;
  /** When it begins, counted from the start of the run; undefined with the run. */
  readonly afterMs: number | undefined;
  readonly reactions: readonly Reaction[];
}

function readers(acts: readonly Reaction["act"][]): fc.Arbitrary<Reader> {
  const reaction = fc.record({ at: fc.integer({ min: 1, max: 12 }), act: fc.constantFrom(...acts) });
  return fc.record({
    kind: fc.constantFrom<Kind>("events$", "events$", "snapshot$", "events()"),
    afterMs: fc.constantFrom(undefined, undefined, 0, 5, 20),
    reactions: fc.array(reaction, { maxLength: 4 }),
  });
}

function isAboutObservers(event: Event): boolean {
  return event.type === "diagnostic.recorded" && event.code === "observer-failed";
}

interface Played {
  readonly world: RunWorld;
  readonly reports: readonly SpyReport[];
  readonly events: readonly Event[];
  readonly others: readonly string[];
}

/** Runs a scenario with its readers to the end. */
async function play(scenario: Scenario, spies: readonly Reader[], heldTimers = 0): Promise<Played> {
  const world = openRunWorld(scenario);
  const { runtime, clock, journal } = world;
  const reports: SpyReport[] = [];
  const others: string[] = [];
  const run = await runtime.start(graphOf(scenario), { id: "main" });
  const react = (act: Reaction["act"]): void => {
    if (act === "cancel" || act === "force") void run.cancel({ force: act === "force" });
    if (act === "wait") void run.wait({ timeoutMs: 10 });
    if (act === "subscribe" && reports.length < 12) reports.push(spyOn(run, journal, "events$", [], react));
    if (act === "start" && others.length < 3) {
      others.push(`other-${others.length}`);
      void runtime.start(graphOf(scenario), { id: others.at(-1)! });
    }
  };
  for (const { at, input } of scenario.extras) {
    if (input.type !== "run.cancel") continue;
    clock.setTimer(clock.now() + at, () => void run.cancel({ force: input.force }));
  }
  for (const { kind, afterMs, reactions } of spies) {
    const read = (): void => void reports.push(spyOn(run, journal, kind, reactions, react));
    if (afterMs === undefined) read();
    else clock.setTimer(clock.now() + afterMs, read);
  }
  await runDry(world, heldTimers);
  const commits = await world.commitsOf("main");
  expect(brokenLaws(scenario.graph, commits)).toEqual([]);
  const view = new RunView();
  for (const { events, at } of commits) for (const event of events) view.apply(event, at);
  mustBe(JSON.stringify(run.snapshot()), JSON.stringify(view.snapshot()), "the last snapshot");
  return { world, reports, events: eventsOf(commits), others };
}

test("readers that re-enter in any way all see the same committed events, in order and to the end", async () => {
  const acts: Reaction["act"][] = ["cancel", "force", "wait", "start", "subscribe", "unsubscribe", "throw", "reject"];
  await fc.assert(
    fc.asyncProperty(
      scenarios({ stepsMax: 12 }),
      fc.array(readers(acts), { maxLength: 5 }),
      fc.nat({ max: 4 }),
      async (scenario, spies, held) => {
        const unhandled = await unhandledDuring(async () => {
          const { world, reports, events, others } = await play(scenario, spies, held);
          const texts = events.map((event) => JSON.stringify(event));
          expect(events.at(-1)?.type).toBe("run.settled");
          for (const report of reports) checkReport(report, texts, true);
          for (const other of others) {
            const commits = await world.commitsOf(other);
            expect(eventsOf(commits).at(-1)?.type, "runs that a reader started end too").toBe("run.settled");
            expect(brokenLaws(scenario.graph, commits)).toEqual([]);
          }
          await world.runtime.close();
        });
        expect(unhandled).toEqual([]);
      },
    ),
    { numRuns },
  );
});

test("a run whose readers throw, reject and leave has the journal of a run without readers", async () => {
  const acts: Reaction["act"][] = ["throw", "reject", "unsubscribe", "wait", "subscribe"];
  await fc.assert(
    fc.asyncProperty(
      scenarios({ stepsMax: 12 }),
      fc.array(readers(acts), { minLength: 1, maxLength: 6 }),
      async (scenario, spies) => {
        const unhandled = await unhandledDuring(async () => {
          const alone = await play(scenario, []);
          const { world, events } = await play(scenario, spies);
          const lifecycle = events.filter((event) => !isAboutObservers(event));
          mustBe(JSON.stringify(lifecycle), JSON.stringify(alone.events), "the events");
          expect(events.length - lifecycle.length, "diagnostics, one for each distinct error").toBeLessThanOrEqual(1);
          expect(world.diagnostics.length, "what the runtime was told").toBeLessThanOrEqual(1);
          await Promise.all([world.runtime.close(), alone.world.runtime.close()]);
        });
        expect(unhandled).toEqual([]);
      },
    ),
    { numRuns: numRuns / 2 },
  );
});

test("a run appends at most once for each input, and makes no more events for more readers", async () => {
  await fc.assert(
    fc.asyncProperty(scenarios({ stepsMax: 30, isCalm: true }), fc.nat({ max: 5 }), async (scenario, count) => {
      const spies = Array.from({ length: count }, (): Reader => ({
        kind: "events$",
        afterMs: undefined,
        reactions: [],
      }));
      const { world, events } = await play(scenario, spies);
      const attempts = world.executor.attempts.length;
      // A start; for each attempt its note, its timeout, its end and its retry.
      expect(world.journal.appends).toBeLessThanOrEqual(1 + 4 * attempts);
      expect(events.length).toBeLessThanOrEqual(2 + scenario.graph.steps.length + 5 * attempts);
      expect(attempts).toBe(events.filter(({ type }) => type === "step.started").length);
      await world.runtime.close();
    }),
    { numRuns: numRuns / 3 },
  );
});
