import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { limits } from "../../../src/domain/limits.ts";
import { attemptsMaxOf, backoffMs } from "../../../src/domain/retry-policy.ts";

const policy = fc.record({
  attempts: fc.integer({ min: 1, max: limits.attemptsMax }),
  backoffSeconds: fc.double({ min: 0, max: limits.backoffSecondsMax, noNaN: true }),
});
const attempt = fc.integer({ min: 1, max: limits.attemptsMax });
const jitter = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe("a retry policy", () => {
  it("allows one attempt where there is none", () => {
    expect(attemptsMaxOf(undefined)).toBe(1);
    expect(attemptsMaxOf({ attempts: 4 })).toBe(4);
  });

  it("waits not at all without a backoff", () => {
    expect(backoffMs(undefined, 1, 0)).toBe(0);
    expect(backoffMs({ attempts: 2 }, 1, 0.9)).toBe(0);
    expect(backoffMs({ attempts: 2, backoffSeconds: 0 }, 50, 0.9)).toBe(0);
  });

  it("doubles the wait with each failed attempt", () => {
    const waits = [1, 2, 3, 4, 5].map((failed) => backoffMs({ attempts: 9, backoffSeconds: 0.5 }, failed, 0));
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000]);
  });

  it("never waits longer than the longest wait, nor less than chance leaves, in whole milliseconds", () => {
    fc.assert(
      fc.property(policy, attempt, jitter, (retry, failed, chance) => {
        const most = Math.min(retry.backoffSeconds * 2 ** (failed - 1), limits.backoffSecondsMax) * 1_000;
        const wait = backoffMs(retry, failed, chance);
        expect(Number.isSafeInteger(wait)).toBe(true);
        expect(wait).toBeLessThanOrEqual(Math.round(most));
        expect(wait).toBeGreaterThanOrEqual(Math.floor(most * (1 - limits.backoffJitterFraction)));
      }),
    );
  });

  it("never waits longer for more chance, nor shorter for more attempts", () => {
    fc.assert(
      fc.property(policy, attempt, jitter, jitter, (retry, failed, one, other) => {
        const [less, more] = [Math.min(one, other), Math.max(one, other)];
        expect(backoffMs(retry, failed, more)).toBeLessThanOrEqual(backoffMs(retry, failed, less));
        expect(backoffMs(retry, failed + 1, one)).toBeGreaterThanOrEqual(backoffMs(retry, failed, one));
      }),
    );
  });
});
