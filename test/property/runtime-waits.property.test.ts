import * as fc from "fast-check";
import { expect, test } from "vitest";
import type { WaitOptions } from "../../src/actors/run-options.ts";
import type { Run } from "../../src/actors/run.ts";
import type { WaitReceipt } from "../../src/actors/run-wait.ts";
import { cursorAt, positionOf } from "../../src/domain/cursor.ts";
import type { Event } from "../../src/domain/events.ts";
import type { GraphDocument } from "../../src/domain/graph-document.ts";
import { mustBe } from "../support/must-be.ts";
import { eventsOf } from "../support/record-run.ts";
import { scenarios } from "../support/run-arbitrary.ts";
import { graphOf, openRunWorld, runDry } from "../support/run-world.ts";
import { isMaterial } from "./material-rules.ts";

/** A wait that begins at some event, from within its delivery, or at some time. */
interface Plan {
  readonly begins: { readonly event: number } | { readonly ms: number };
  /** Whether it goes on from a cursor: that of the snapshot, or that of the event that it begins at. */
  readonly from: "handle" | "snapshot" | "event" | "start";
  readonly step: number | undefined;
  readonly until: "material" | "end";
  readonly timeoutMs: number | undefined;
}

const plans: fc.Arbitrary<Plan> = fc.record({
  begins: fc.oneof(
    fc.record({ event: fc.integer({ min: 1, max: 20 }) }),
    fc.record({ ms: fc.constantFrom(0, 1, 5, 10, 20, 50) }),
  ),
  from: fc.constantFrom("handle", "snapshot", "snapshot", "event", "start"),
  step: fc.option(fc.nat(), { nil: undefined }),
  until: fc.constantFrom("material", "material", "end"),
  timeoutMs: fc.constantFrom(undefined, undefined, 0, 1, 10, 100),
});

/** A wait as it was made, with all that can be known of it from outside. */
interface Made {
  readonly step: string | undefined;
  readonly plan: Plan;
  readonly after: number | undefined;
  readonly headAtStart: number;
  readonly startedAt: number;
  wakes: number;
  endedAt: number;
  receipt: WaitReceipt | undefined;
}

test("a wait comes back exactly once, at the first batch that matters to it, with everything that happened since", async () => {
  await fc.assert(
    fc.asyncProperty(
      scenarios({ stepsMax: 6 }),
      fc.array(plans, { minLength: 1, maxLength: 12 }),
      fc.nat({ max: 4 }),
      async (scenario, waits, held) => {
        const world = openRunWorld(scenario);
        const { runtime, clock, commitsOf } = world;
        const run = await runtime.start(graphOf(scenario), { id: "main" });
        const { steps } = scenario.graph;
        const made: Made[] = [];
        const heads: number[] = [];
        const make = (plan: Plan, cursor: string | undefined): void => {
          const step = plan.step === undefined ? undefined : steps[plan.step % steps.length]!.id;
          made.push(begin(run, { ...plan }, step, cursor, () => clock.now()));
        };
        run.snapshot$.subscribe(({ position }) => void heads.push(position));
        run.events$.subscribe(({ position, cursor }) => {
          for (const plan of waits) {
            if ("event" in plan.begins && plan.begins.event === position) make(plan, cursor);
          }
        });
        for (const plan of waits) {
          if ("ms" in plan.begins) clock.setTimer(clock.now() + plan.begins.ms, () => make(plan, undefined));
        }
        for (const { at, input } of scenario.extras) {
          if (input.type === "run.cancel") clock.setTimer(clock.now() + at, () => void run.cancel(input));
        }
        await runDry(world, held);
        const events = eventsOf(await commitsOf("main"));
        expect(
          made.filter(({ wakes }) => wakes !== 1),
          "waits that did not come back exactly once",
        ).toEqual([]);
        for (const wait of made) check(scenario.graph, events, heads, wait);
        await runtime.close();
      },
    ),
    { numRuns: 400 },
  );
});

function begin(run: Run, plan: Plan, step: string | undefined, cursor: string | undefined, now: () => number): Made {
  const { position, cursor: head, life } = run.snapshot();
  const from = { handle: undefined, snapshot: head, event: cursor ?? head, start: cursorAt("main", life, 0) }[
    plan.from
  ];
  const options: WaitOptions = {
    until: plan.until,
    ...(from === undefined ? {} : { after: from }),
    ...(step === undefined ? {} : { step }),
    ...(plan.timeoutMs === undefined ? {} : { timeoutMs: plan.timeoutMs }),
  };
  const after = from === undefined ? undefined : positionOf(from, "main", life, position);
  const made: Made = {
    step,
    plan,
    after,
    headAtStart: position,
    startedAt: now(),
    wakes: 0,
    endedAt: now(),
    receipt: undefined,
  };
  const wait = async (): Promise<void> => {
    made.receipt = await run.wait(options);
    made.wakes++;
    made.endedAt = now();
  };
  void wait();
  return made;
}

function check(graph: GraphDocument, events: readonly Event[], heads: readonly number[], made: Made): void {
  const { step, plan, receipt } = made;
  if (receipt === undefined) throw new Error("a wait never came back");
  const before = positionOf(receipt.before, "main", receipt.run.life, events.length);
  const after = made.after ?? before;
  mustBe(before, after, "the position that the wait began after");
  const isEnd = (event: Event): boolean =>
    event.type === "run.settled" ||
    (step !== undefined &&
      "step" in event &&
      event.step === step &&
      /^step\.(succeeded|failed|timedOut|canceled|blocked)$/.test(event.type));
  const happened = (until: number): boolean =>
    events.slice(0, until).some(isEnd) ||
    (plan.until === "material" && events.slice(after, until).some((event) => isMaterial(graph, event, step)));
  const material = events.flatMap((event, place) =>
    place >= after && place < receipt.position && isMaterial(graph, event, step) ? [place + 1] : [],
  );
  mustBe(receipt.events.map(({ position }) => position).join(), material.join(), "the events of the receipt");
  const isEnded = events.slice(0, receipt.position).some(isEnd);
  const woke = isEnded ? "end" : plan.until === "material" && material.length > 0 ? "event" : "timeout";
  mustBe(receipt.woke, woke, "why it woke");
  mustBe(String(receipt.isImmediate), String(happened(made.headAtStart)), "whether it had happened before");
  if (receipt.isImmediate) mustBe(receipt.position, made.headAtStart, "where an immediate receipt stands");
  else if (woke === "timeout") {
    if (plan.timeoutMs === undefined) throw new Error("a wait without a timeout says that it timed out");
    mustBe(made.endedAt, made.startedAt + plan.timeoutMs, "when it timed out");
  } else {
    const first = heads.find((head) => head > made.headAtStart && happened(head));
    mustBe(receipt.position, first, "the batch that woke it");
  }
}
