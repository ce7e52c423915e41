import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ReadySet } from "../../../src/machines/ready-set.ts";

const capacities = [1, 31, 32, 33, 1_024, 1_025, 32_768, 32_769, 100_000];

/** What a set without a tree would give. */
const smallestOf = (members: ReadonlySet<number>): number => {
  let smallest = -1;
  for (const member of members) if (smallest === -1 || member < smallest) smallest = member;
  return smallest;
};

describe("a ready set", () => {
  it("of no capacity is empty, and stays so", () => {
    const ready = new ReadySet(0);
    expect([ready.size, ready.first(), ready.has(0)]).toEqual([0, -1, false]);
    ready.delete(0);
    expect(ready.size).toBe(0);
  });

  it.each(capacities)("of capacity %i behaves like a set, whatever is added and deleted", (capacity) => {
    const edges = [0, 1, 30, 31, 32, 33, 1_023, 1_024, capacity - 2, capacity - 1];
    const member = fc.oneof(
      fc.constantFrom(...edges.filter((edge) => edge >= 0 && edge < capacity)),
      fc.nat({ max: capacity - 1 }),
    );
    const change = fc.tuple(fc.constantFrom("add", "delete", "take"), member);
    fc.assert(
      fc.property(fc.array(change, { maxLength: 200 }), (changes) => {
        const ready = new ReadySet(capacity);
        const model = new Set<number>();
        for (const [kind, asked] of changes) {
          const target = kind === "take" ? ready.first() : asked;
          if (kind === "add") {
            ready.add(target);
            model.add(target);
          } else if (target !== -1) {
            ready.delete(target);
            model.delete(target);
          }
          expect(ready.size).toBe(model.size);
          expect(ready.has(asked)).toBe(model.has(asked));
          expect(ready.first()).toBe(smallestOf(model));
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each(capacities)("of capacity %i gives back all its members in ascending order", (capacity) => {
    const ready = new ReadySet(capacity);
    for (let member = capacity - 1; member >= 0; member--) ready.add(member);
    expect(ready.size).toBe(capacity);
    let isAscending = true;
    for (let expected = 0; expected < capacity; expected++) {
      isAscending &&= ready.first() === expected;
      ready.delete(expected);
    }
    expect(isAscending).toBe(true);
    expect([ready.size, ready.first()]).toEqual([0, -1]);
  });
});
