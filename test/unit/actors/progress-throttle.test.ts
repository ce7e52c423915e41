import * as fc from "fast-check";
import { beforeEach, describe, expect, test } from "vitest";
import { limits } from "runfold";
import type { ProgressReport } from "runfold";
import { ProgressThrottle } from "../../../src/actors/progress-throttle.ts";
import { ManualClock } from "./world.ts";

const { progressIntervalMs, progressTextCharsMax, progressTextCharsMin, progressEventsPerAttemptMax } = limits;
const enough = "x".repeat(progressTextCharsMin);

let clock: ManualClock;
let throttle: ProgressThrottle;
let reports: ProgressReport[];

beforeEach(() => {
  clock = new ManualClock();
  reports = [];
  throttle = new ProgressThrottle(clock, (report) => void reports.push(report));
});

const texts = (): string[] => reports.flatMap((report) => (report.kind === "text" ? [report.text] : []));
const notes = (): string[] => reports.flatMap((report) => (report.kind === "note" ? [report.message] : []));

describe("text", () => {
  test("comes at once the first time, then only when both enough text and enough time have passed", async () => {
    throttle.text("out", "first");
    expect(texts()).toEqual(["first"]);
    throttle.text("out", "little");
    await clock.advance(10 * progressIntervalMs);
    expect(texts()).toHaveLength(1);
    throttle.text("out", enough);
    expect(texts()[1]).toBe(`little${enough}`);
    throttle.text("out", enough);
    await clock.advance(progressIntervalMs - 1);
    expect(texts()).toHaveLength(2);
    await clock.advance(1);
    expect(texts()).toHaveLength(3);
  });

  test("of nothing is nothing", () => {
    throttle.text("out", "");
    expect(reports).toEqual([]);
  });

  test("that is too long keeps its end, and counts what was left out and what there was", async () => {
    throttle.text("out", "a");
    throttle.text("out", `${"h".repeat(5_000)}${"t".repeat(progressTextCharsMax)}`);
    await clock.advance(progressIntervalMs);
    expect(reports[1]).toEqual({
      kind: "text",
      stream: "out",
      text: "t".repeat(progressTextCharsMax),
      omittedChars: 5_000,
      totalChars: 7_001,
    });
  });

  test("of each stream counts anew", () => {
    throttle.text("message-1", enough.repeat(9));
    throttle.text("message-2", "hello");
    expect(reports.at(-1)).toEqual({ kind: "text", stream: "message-2", text: "hello", totalChars: 5 });
  });

  test("never begins in the middle of a character", async () => {
    throttle.text("out", "a");
    throttle.text("out", `${"\u{1F600}".repeat(progressTextCharsMax)}x`);
    await clock.advance(progressIntervalMs);
    expect(texts()[1]).toBe(
      `${"\u{1F600}".repeat(progressTextCharsMax / 2 - 1)}\u{1F600}x`.slice(-1 * (progressTextCharsMax - 1)),
    );
    expect(texts()[1]).not.toMatch(/\p{Cs}/u);
  });

  test("in any pieces and at any pace adds up: nothing is lost without being counted", async () => {
    const piece = fc.tuple(fc.constantFrom("out", "err"), fc.integer({ min: 0, max: 3_000 }), fc.nat(400));
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
        const seen: Extract<ProgressReport, { kind: "text" }>[] = [];
        const one = new ProgressThrottle(clock, (report) => void (report.kind === "text" && seen.push(report)));
        const written = new Map<string, number>();
        for (const [stream, chars, ms] of pieces) {
          one.text(stream, "y".repeat(chars));
          written.set(stream, (written.get(stream) ?? 0) + chars);
          await clock.advance(ms);
        }
        one.close();
        for (const stream of ["out", "err"]) {
          let total = 0;
          for (const report of seen.filter((candidate) => candidate.stream === stream)) {
            total += report.text.length + (report.omittedChars ?? 0);
            expect(report.totalChars).toBe(total);
            expect(report.text.length).toBeLessThanOrEqual(progressTextCharsMax);
          }
          expect(total).toBeLessThanOrEqual(written.get(stream) ?? 0);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("goes on when the clock was set back", () => {
    throttle.text("out", "first");
    clock.setBack(3_600_000);
    throttle.text("out", enough);
    expect(texts()).toHaveLength(2);
  });
});

describe("notes", () => {
  test("come at once the first time, then at most one an interval, the newest", async () => {
    throttle.note("one", undefined);
    throttle.note("two", 0.2);
    throttle.note("three", 0.3);
    expect(notes()).toEqual(["one"]);
    await clock.advance(progressIntervalMs);
    expect(reports.slice(1)).toEqual([{ kind: "note", message: "three", fraction: 0.3 }]);
  });

  test("keep their distance also where text is due in between", async () => {
    throttle.text("out", "first");
    await clock.advance(10);
    throttle.note("one", undefined);
    throttle.text("out", enough);
    throttle.note("two", undefined);
    await clock.advance(progressIntervalMs - 10);
    expect([texts().length, notes()]).toEqual([2, ["one"]]);
    await clock.advance(10);
    expect(notes()).toEqual(["one", "two"]);
  });

  test.each([
    [0.5, 0.5],
    [-1, 0],
    [7, 1],
    [Number.NaN, undefined],
    [Number.POSITIVE_INFINITY, undefined],
    [undefined, undefined],
  ])("with a fraction of %s show %s", (given, shown) => {
    throttle.note("n", given);
    expect(reports[0]).toEqual({ kind: "note", message: "n", ...(shown === undefined ? {} : { fraction: shown }) });
  });

  test("are cut", () => {
    throttle.note("n".repeat(100_000), undefined);
    expect(notes()[0]).toHaveLength(progressTextCharsMax);
  });
});

test("one attempt tells so much and no more, and says that it stopped", () => {
  for (let index = 0; index < progressEventsPerAttemptMax + 5; index++) throttle.text(`s${index}`, "x");
  expect(reports).toHaveLength(progressEventsPerAttemptMax);
  expect(reports.at(-1)).toMatchObject({ kind: "note", message: expect.stringContaining("told enough") });
  throttle.note("n", undefined);
  throttle.text("s0", "x".repeat(progressTextCharsMax));
  expect(clock.armed).toBe(0);
});

test("after the end nothing is told, and no timer is left", async () => {
  throttle.note("one", undefined);
  throttle.note("two", undefined);
  throttle.text("out", "first");
  throttle.text("out", enough);
  throttle.close();
  expect(clock.armed).toBe(0);
  await clock.advance(10_000);
  expect(reports).toHaveLength(2);
});

describe("tools", () => {
  test("are told one by one, however fast they come, and in full", () => {
    for (let call = 0; call < 5; call++) {
      throttle.tool({ tool: "read", phase: "started", call: `c${call}`, summary: "docs" });
      throttle.tool({ tool: "read", phase: "ended", call: `c${call}`, isError: false });
    }
    expect(reports).toHaveLength(10);
    expect(reports.slice(0, 2)).toEqual([
      { kind: "tool", tool: "read", phase: "started", call: "c0", summary: "docs" },
      { kind: "tool", tool: "read", phase: "ended", call: "c0", isError: false },
    ]);
  });

  test("are cut to their limits, with a mark, and not within a character", () => {
    throttle.tool({ tool: "t".repeat(200), phase: "ended", call: "c".repeat(200), summary: "😀".repeat(400) });
    const [report] = reports;
    if (report?.kind !== "tool") throw new Error("no tool was told");
    expect(report.tool).toBe(`${"t".repeat(limits.toolNameCharsMax - 1)}…`);
    expect(report.call).toHaveLength(limits.toolNameCharsMax);
    expect(report.summary).toBe(`${"😀".repeat(249)}…`);
  });

  test("count towards what an attempt may tell", () => {
    for (let call = 0; call <= progressEventsPerAttemptMax; call++) throttle.tool({ tool: "read", phase: "started" });
    expect(reports).toHaveLength(progressEventsPerAttemptMax);
    expect(reports.at(-1)).toMatchObject({ kind: "note" });
  });
});
