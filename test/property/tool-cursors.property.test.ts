import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { limits } from "runfold";
import { succeeded } from "runfold/testing";
import { teamStep, teamWorld, type TeamWorld } from "../unit/tool/team-world.ts";

const deeds = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("work" as const),
      step: fc.constantFrom("a", "b"),
      chars: fc.integer({ min: 1, max: 3_000 }),
    }),
    fc.record({ kind: fc.constant("plain" as const), hasCursor: fc.boolean(), seconds: fc.constantFrom(undefined, 1) }),
    fc.record({
      kind: fc.constant("page" as const),
      filter: fc.constantFrom(undefined, "a", "b"),
      maxBytes: fc.integer({ min: 1, max: 2_000 }),
    }),
  ),
  { minLength: 1, maxLength: 25 },
);

type Deed = (typeof deeds extends fc.Arbitrary<infer All> ? All : never) extends (infer One)[] ? One : never;

/** A client that does with its cursor whatever it likes, as long as it goes on from the one that it was given last. */
class Reader {
  readonly world: TeamWorld;
  readonly seen = new Set<number>();
  cursor: string | undefined;
  longest = 0;

  constructor(world: TeamWorld) {
    this.world = world;
  }

  async does(deed: Deed): Promise<void> {
    if (deed.kind === "work") {
      this.world.executor.progress(deed.step, "x".repeat(deed.chars));
      await this.world.clock.advanceBy(500);
    } else if (deed.kind === "plain") {
      const wait = deed.seconds === undefined ? {} : { waitSeconds: deed.seconds };
      await this.asks({ ...wait }, deed.hasCursor);
    } else {
      await this.asks(
        { debugEvents: true, maxBytes: deed.maxBytes, ...(deed.filter && { stepId: deed.filter }) },
        true,
      );
    }
  }

  /** Lists whatever was not listed yet. */
  async drains(): Promise<void> {
    while (await this.asks({ debugEvents: true, maxBytes: 2_000 }, true));
  }

  async asks(rest: object, hasCursor: boolean): Promise<boolean> {
    const cursor = hasCursor && this.cursor !== undefined ? { cursor: this.cursor } : {};
    const asking = this.world.call({ action: "run_status", runId: "r1", ...rest, ...cursor });
    await this.world.clock.advanceBy(1_000);
    const { ok, details, text } = await asking;
    if (!ok) throw new Error(text);
    this.cursor = details.cursor!;
    this.longest = Math.max(this.longest, this.cursor.length);
    for (const { seq } of details.events) this.seen.add(seq);
    return details.hasMoreEvents === true;
  }
}

describe("a reader of events", () => {
  test(
    "loses none, however it mixes pages, steps, budgets, plain statuses and waits",
    { timeout: 120_000 },
    async () => {
      await fc.assert(
        fc.asyncProperty(deeds, async (all) => {
          const world = await teamWorld();
          await world.start([teamStep("a"), teamStep("b")]);
          const reader = new Reader(world);
          for (const deed of all) await reader.does(deed);
          for (const step of ["a", "b"]) world.executor.end(step, succeeded("Done."));
          await world.settle();
          await reader.drains();
          expect(reader.longest).toBeLessThanOrEqual(limits.toolCursorCharsMax);
          const head = (await world.runtime.get("r1"))!.snapshot().position;
          expect([...reader.seen].toSorted((one, other) => one - other)).toEqual(
            Array.from({ length: head }, (_, index) => index + 1),
          );
        }),
        { numRuns: 60 },
      );
    },
  );

  test("is refused with any cursor that was not given for this run: of another run, another life, the future, or made up", async () => {
    const world = await teamWorld();
    await world.start([teamStep("a")]);
    await world.start([teamStep("a")]);
    world.executor.progress("a", "x".repeat(2_000), "r1");
    await world.settle();
    const page = await world.call({ action: "run_status", runId: "r1", debugEvents: true, maxBytes: 1 });
    const plain = await world.call({ action: "run_status", runId: "r1" });
    const own = [page.details.cursor!, plain.details.cursor!];
    // One for pages begins with a cursor of the run itself, which is one as well.
    const good = new Set([...own, ...own.map((cursor) => cursor.split(".").slice(0, 3).join("."))]);
    const made = fc.oneof(
      fc.string({ unit: "binary", minLength: 1, maxLength: limits.toolCursorCharsMax }),
      fc.constantFrom("0", "-1", "1e9", "0x10", "99999999", "NaN", "null", "..", ".....", "r1.0.0", "r1.zz.0"),
      // One that was given, with one character changed, added or left out.
      fc
        .tuple(fc.constantFrom(...own), fc.nat(), fc.string({ maxLength: 2 }), fc.integer({ min: 0, max: 1 }))
        .map(([cursor, at, put, cut]) => {
          const place = at % (cursor.length + 1);
          return cursor.slice(0, place) + put + cursor.slice(place + cut);
        }),
      // The parts of two that were given, mixed.
      fc
        .tuple(fc.constantFrom(...own), fc.constantFrom(...own), fc.nat({ max: 6 }))
        .map(([one, other, count]) => [...one.split(".").slice(0, count), ...other.split(".").slice(count)].join(".")),
    );
    await fc.assert(
      fc.asyncProperty(made, fc.boolean(), async (cursor, debugEvents) => {
        const { details } = await world.call({ action: "run_status", runId: "r1", cursor, debugEvents });
        const refused =
          cursor === "" || cursor.length > limits.toolCursorCharsMax ? "input-schema-invalid" : "cursor-invalid";
        expect(details.error?.code).toBe(good.has(cursor) ? undefined : refused);
        expect(details.ok || details.events.length === 0).toBe(true);
      }),
      { numRuns: 500 },
    );
    for (const cursor of own) {
      const { details } = await world.call({ action: "run_status", runId: "r2", cursor });
      expect(details.error?.code).toBe("cursor-invalid");
    }
    // r1 as a later run of the same journal begins anew: what was given for the first is none of the second.
    const other = await teamWorld();
    await other.start([teamStep("a")]);
    for (const cursor of own) {
      const { details } = await other.call({ action: "run_status", runId: "r1", cursor });
      expect(details.error?.code).toBe("cursor-invalid");
    }
  });
});
