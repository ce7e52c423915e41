import { expect, it } from "vitest";
import { durationText } from "../../../../src/viewer/page/text/format.ts";

it("never rounds a duration up to 60 seconds", () => {
  const times = [0, 999, 1_000, 59_940, 59_960, 60_000, 61_999, 3_599_999, 3_600_000];
  expect(times.map((ms) => durationText(ms))).toEqual([
    "0 ms",
    "999 ms",
    "1.0 s",
    "59.9 s",
    "1 m 00 s",
    "1 m 00 s",
    "1 m 01 s",
    "59 m 59 s",
    "1 h 00 m",
  ]);
});
