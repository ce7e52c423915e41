import { describe, expect, it } from "vitest";
import { divergenceLines } from "../../../src/cli/divergence-text.ts";
import { styleOf } from "../../../src/cli/terminal.ts";
import type { Divergence, Event } from "../../../src/index.ts";

const plain = styleOf(false);
const longInput = { type: "run.cancel", reason: "r".repeat(5_000), force: false } as const;

function told(expected: Event | undefined, actual: Event | undefined, commits = 1): readonly string[] {
  const divergence: Divergence = {
    position: 7,
    at: 1_800_000_000_000,
    schema: 2,
    input: longInput,
    expected: expected === undefined ? [] : [expected],
    actual: actual === undefined ? [] : [actual],
    index: 0,
    message: "Event 1 of the commit differs.",
  };
  return divergenceLines("r1", divergence, commits, plain);
}

function canceled(reason: string): Event {
  return { type: "run.cancelRequested", reason, force: false };
}

describe("a divergence in words", () => {
  it("shows short events whole, and says where one is missing", () => {
    const [head, , expected, actual, rest] = told(canceled("a"), undefined);
    expect(head).toBe("Run r1: not as recorded at position 8, 2027-01-15T08:00:00Z. Event 1 of the commit differs.");
    expect(expected).toBe('  expected  {"type":"run.cancelRequested","reason":"a","force":false}');
    expect(actual).toBe("  actual    (no event)");
    expect(rest).toBe("  1 commit is as recorded before it, up to position 7; version 2 wrote this one.");
  });

  it("shows of long ones the part that differs, wherever it stands, and counts the rest", () => {
    for (const place of [0, 100, 2_500, 4_990, 5_000]) {
      const reason = (mark: string): string => `${"x".repeat(place)}${mark}${"y".repeat(5_000 - place)}`;
      const [, input, expected, actual] = told(canceled(reason("<one>")), canceled(reason("<two>")));
      expect(expected).toContain("<one>");
      expect(actual).toContain("<two>");
      for (const line of [input, expected, actual]) {
        expect(line?.length).toBeLessThan(700);
        const left = Array.from(line?.matchAll(/… (\d+) (?:more )?characters/g) ?? [], ([, count]) => Number(count));
        const shown =
          line
            ?.slice(12)
            .replace(/^… \d+ characters … /, "")
            .replace(/ … \d+ more characters$/, "") ?? "";
        const whole = JSON.stringify(line === input ? longInput : canceled(reason("<one>"))).length;
        expect(left.reduce((sum, count) => sum + count, shown.length)).toBe(whole);
      }
    }
  });

  it("steers no terminal", () => {
    const [, , expected] = told(canceled("\u009b31m\u202e"), undefined);
    expect(expected).not.toMatch(/[\u0080-\u009f\u202e]/);
  });
});
