import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cursorAt, positionOf } from "../../../src/domain/cursor.ts";
import { isRunfoldError } from "../../../src/domain/errors.ts";

const run = "audit-42";
const life = "3e1e17520e122ccd163b3f980359bc";
const head = 1_000_000;

const isRefused = (cursor: string, of = run, at = life, end = head): boolean => {
  try {
    positionOf(cursor, of, at, end);
    return false;
  } catch (error) {
    return isRunfoldError(error, "cursor.invalid");
  }
};

const positions = fc.nat({ max: head });

describe("a cursor", () => {
  it("gives back the position that it was made of, also at the very beginning and at the head", () => {
    fc.assert(
      fc.property(positions, (position) => {
        expect(positionOf(cursorAt(run, life, position), run, life, head)).toBe(position);
      }),
    );
    for (const position of [0, head]) {
      expect(positionOf(cursorAt(run, life, position), run, life, head)).toBe(position);
    }
  });

  it("is the same token for the same place, and another for another", () => {
    expect(cursorAt(run, life, 7)).toBe(cursorAt(run, life, 7));
    expect(cursorAt(run, life, 7)).not.toBe(cursorAt(run, life, 8));
  });

  it("of the largest position that there can be is read as well", () => {
    const last = Number.MAX_SAFE_INTEGER;
    expect(positionOf(cursorAt(run, life, last), run, life, last)).toBe(last);
  });

  it("of another run is refused", () => {
    fc.assert(
      fc.property(positions, fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/), (position, other) => {
        fc.pre(other !== run);
        expect(isRefused(cursorAt(other, life, position))).toBe(true);
      }),
    );
  });

  it("of a run of the same name that was started at another time is refused", () => {
    expect(isRefused(cursorAt(run, `${life}1`, 7))).toBe(true);
  });

  it("beyond the end of the journal is refused, not taken for the end", () => {
    expect(isRefused(cursorAt(run, life, head + 1))).toBe(true);
    expect(isRefused(cursorAt(run, life, 1), run, life, 0)).toBe(true);
  });

  it("with any one character changed, added or left out is refused", () => {
    const alphabet = Array.from("0123456789abcdefghijklmnopqrstuvwxyz.-+_ Aé😀\u0000");
    fc.assert(
      fc.property(
        positions,
        fc.nat(),
        fc.constantFrom(...alphabet),
        fc.nat({ max: 2 }),
        (position, place, character, kind) => {
          const cursor = cursorAt(run, life, position);
          const at = place % (cursor.length + 1);
          const changed = cursor.slice(0, at) + (kind === 2 ? "" : character) + cursor.slice(kind === 0 ? at : at + 1);
          fc.pre(changed !== cursor);
          expect(isRefused(changed)).toBe(true);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it("in another spelling of the same number is refused", () => {
    const [kind, digits, check] = cursorAt(run, life, 35 * 36 + 10).split(".") as [string, string, string];
    expect(isRefused(`${kind}.${digits}.${check}`)).toBe(false);
    for (const spelling of [
      `0${digits}`,
      `00${digits}`,
      `+${digits}`,
      `-${digits}`,
      digits.toUpperCase(),
      ` ${digits}`,
    ]) {
      expect([spelling, isRefused(`${kind}.${spelling}.${check}`)]).toEqual([spelling, true]);
    }
    expect(isRefused(`${kind}.${digits}.0${check}`)).toBe(true);
  });

  const garbage = [
    "",
    "0",
    "7",
    ".",
    "..",
    "...",
    "c1",
    "c1..",
    "c1.7.",
    "c1.7",
    "c2.7.abc",
    "C1.7.abc",
    "c1.0x1f.abc",
    "c1.1e3.abc",
    "c1.1e+3.abc",
    "c1.7.5.abc",
    "c1.NaN.abc",
    "c1.Infinity.abc",
    "c1.zzzzzzzzzzz.abc",
    "c1.zzzzzzzzzzzz.abc",
    "c1.٣.abc",
    "c1.７.abc",
    "c1.\ud800.abc",
    "😀",
    "null",
    "undefined",
    "__proto__",
    "c1.7.abc\n",
    "x".repeat(100_000),
  ];

  it.each(garbage.map((text) => [text.slice(0, 30), text] as const))(
    "is never guessed from garbage: %j",
    (_shown, text) => {
      expect(isRefused(text)).toBe(true);
    },
  );

  it("is never guessed from any text at all", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(isRefused(text)).toBe(true);
      }),
    );
  });

  it("that is refused is shown, cut if it is long, with what to do about it", () => {
    const refuse = (): number => positionOf("x".repeat(100_000), run, life, head);
    expect(refuse).toThrow(/"x{60}…" was refused for run audit-42: it is not a cursor\. Read the run's status/u);
    expect(refuse).toThrow(expect.objectContaining({ details: { run, cursor: `${"x".repeat(60)}…` } }));
  });
});
