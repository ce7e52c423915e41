import * as fc from "fast-check";
import { expect, test } from "vitest";
import { Deadlines } from "../../../src/actors/deadlines.ts";
import type { Deadline } from "../../../src/actors/deadlines.ts";
import { ManualClock } from "./world.ts";

class Watched implements Deadline {
  isOver = false;
  readonly deadlineAt: number;
  readonly #passed: number[];
  constructor(deadlineAt: number, passed: number[]) {
    this.deadlineAt = deadlineAt;
    this.#passed = passed;
  }
  passDeadline(): void {
    this.#passed.push(this.deadlineAt);
  }
}

test("each deadline passes once, in its order, unless it is over by then; one timer is enough", async () => {
  const added = fc.array(fc.tuple(fc.nat(200), fc.boolean()), { maxLength: 150 });
  await fc.assert(
    fc.asyncProperty(added, async (deadlines) => {
      const clock = new ManualClock();
      const passed: number[] = [];
      const kept = new Deadlines(clock);
      const watched = deadlines.map(([ms, isOver]) => {
        const one = new Watched(clock.now() + ms, passed);
        kept.add(one);
        one.isOver = isOver;
        expect(clock.armed).toBe(1);
        return one;
      });
      await clock.advance(200);
      const expected = watched.filter(({ isOver }) => !isOver).map(({ deadlineAt }) => deadlineAt);
      expect(passed).toEqual(expected.toSorted((early, late) => early - late));
      expect(clock.armed).toBe(0);
    }),
    { numRuns: 25 },
  );
});

test("a cleared heap fires nothing and can be used again", async () => {
  const clock = new ManualClock();
  const passed: number[] = [];
  const kept = new Deadlines(clock);
  kept.add(new Watched(clock.now() + 5, passed));
  kept.clear();
  expect(clock.armed).toBe(0);
  const later = new Watched(clock.now() + 9, passed);
  kept.add(later);
  await clock.advance(10);
  expect(passed).toEqual([later.deadlineAt]);
});
