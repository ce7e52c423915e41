import * as fc from "fast-check";
import { expect, test } from "vitest";
import { virtualClock } from "runfold/testing";

test("the clock stands still until it is moved, and timers fire only then", async () => {
  const clock = virtualClock({ startMs: 100 });
  const fired: number[] = [];
  clock.setTimer(50, () => void fired.push(clock.now()));
  clock.setTimer(110, () => void fired.push(clock.now()));
  expect([clock.now(), clock.nextAt, clock.armed, fired.length]).toEqual([100, 50, 2, 0]);
  await clock.advanceBy(0);
  expect(fired, "one that is late fires at once, at the time that it is").toEqual([100]);
  await clock.advanceTo(109);
  expect(clock.now()).toBe(109);
  await clock.advanceBy(10);
  expect(fired).toEqual([100, 110]);
  expect([clock.now(), clock.nextAt, clock.armed]).toEqual([119, undefined, 0]);
});

test("timers fire in order of time, then of arming, whichever were cancelled in between", async () => {
  const timers = fc.array(fc.tuple(fc.nat({ max: 8 }), fc.boolean()), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(timers, async (rows) => {
      const clock = virtualClock();
      const fired: number[] = [];
      const armed = rows.map(([at], index) => clock.setTimer(at, () => void fired.push(index)));
      for (const [index, [, isCancelled]] of rows.entries()) if (isCancelled) armed[index]!.cancel();
      expect(clock.armed).toBe(rows.filter(([, isCancelled]) => !isCancelled).length);
      await clock.advanceTo(10);
      const left = rows.flatMap(([at, isCancelled], index) => (isCancelled ? [] : [{ at, index }]));
      const expected = left.toSorted((one, other) => one.at - other.at || one.index - other.index);
      expect(fired).toEqual(expected.map(({ index }) => index));
      for (const timer of armed) timer.cancel();
      expect(clock.armed, "cancelling what has fired counts nothing").toBe(0);
    }),
  );
});

test("what a timer sets off settles before the next one, and what it arms fires in the same advance", async () => {
  const clock = virtualClock();
  const happened: string[] = [];
  clock.setTimer(1, () => {
    happened.push("first");
    clock.setTimer(2, () => void happened.push(`armed by the first, at ${clock.now()}`));
    const follow = async (): Promise<void> => {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      clock.setTimer(0, () => void happened.push("armed late by what followed"));
      happened.push("followed");
    };
    void follow();
  });
  clock.setTimer(3, () => void happened.push("last"));
  await clock.advanceTo(3);
  expect(happened).toEqual(["first", "followed", "armed late by what followed", "armed by the first, at 2", "last"]);
});

test("advances take effect one after another, and one that fails says so and holds up nobody", async () => {
  const clock = virtualClock();
  const seen: number[] = [];
  clock.setTimer(5, () => {
    throw new Error("A timer threw.");
  });
  clock.setTimer(6, () => void seen.push(clock.now()));
  const [first, second] = await Promise.allSettled([clock.advanceTo(10), clock.advanceBy(4)]);
  expect(first).toMatchObject({ status: "rejected", reason: { message: "A timer threw." } });
  expect(second.status).toBe("fulfilled");
  expect([clock.now(), ...seen]).toEqual([9, 6]);
  await expect(clock.advanceTo(8)).rejects.toThrow(RangeError);
  await expect(clock.advanceTo(Number.NaN)).rejects.toThrow(RangeError);
});
