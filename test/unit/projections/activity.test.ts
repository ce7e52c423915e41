import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Event } from "runfold";
import { activityOf, line } from "../../../src/projections/activity.ts";
import { did, failure, graphOf, startedRun } from "./events.ts";

const tool = (report: { tool: string; phase: "started" | "ended"; isError?: boolean; summary?: string }): Event => {
  return { type: "step.progressed", step: "a", attempt: 1, report: { kind: "tool", ...report } };
};

describe("the activity", () => {
  test.each<[Event, string]>([
    [startedRun(graphOf([])), "started"],
    [{ type: "run.cancelRequested", reason: "no\nmore", force: false }, "cancel requested: no more"],
    [{ type: "run.cancelRequested", reason: "now", force: true }, "cancel requested, by force: now"],
    [{ type: "run.expired", deadlineAt: 1 }, "out of time"],
    [{ type: "run.settled", status: "mixed" }, "mixed"],
    [{ type: "run.cleaned", reason: "old" }, "cleaned up"],
    [{ type: "diagnostic.recorded", code: "c", severity: "error", message: "disk full" }, "error: disk full"],
    [{ type: "artifact.stored", step: "a", attempt: 1, artifact: { name: "x", bytes: 1, sha256: "" } }, "kept x"],
    [did.start("a"), "started"],
    [did.start("a", 3), "attempt 3 started"],
    [did.text("a", "one\r\n\n  two\t!\n"), "two !"],
    [did.text("a", " \n "), ""],
    [{ type: "step.progressed", step: "a", attempt: 1, report: { kind: "note", message: "half\nway" } }, "half way"],
    [tool({ tool: "read", phase: "started" }), "tool read: started"],
    [
      tool({ tool: "bash", phase: "ended", isError: true, summary: "code\n1" }),
      "tool bash: ended with an error, code 1",
    ],
    [
      { type: "message.sent", message: 3, step: "a", attempt: 1, channel: "follow_up", text: "Go\non." },
      "message 3 sent as follow_up: Go on.",
    ],
    [{ type: "message.accepted", message: 3, step: "a", attempt: 1 }, "message 3 accepted"],
    [{ type: "message.consumed", message: 3, step: "a", attempt: 1 }, "message 3 given to the agent"],
    [
      { type: "message.denied", message: 3, step: "a", attempt: 0, channel: "steer", reason: "no\n" },
      "message 3 denied: no",
    ],
    [{ type: "message.unknown", message: 3, step: "a", attempt: 1, reason: "?" }, "message 3 unknown: ?"],
    [did.abort("a"), "stopping: canceled"],
    [
      { type: "step.abortRequested", step: "a", attempt: 1, cause: "timedOut", force: true },
      "stopping by force: timed out",
    ],
    [did.retry("a"), `attempt 1 failed, will retry: ${failure.message}`],
    [did.due("a"), "waiting for a slot to retry"],
    [did.succeed("a"), "succeeded"],
    [did.fail("a"), `failed: ${failure.message}`],
    [did.timeOut("a"), `timed out: ${failure.message}`],
    [did.cancel("a"), "canceled: enough"],
    [did.block("a", "b"), "blocked by b (failed)"],
  ])("of %j is %j", (event, expected) => {
    expect(activityOf(event)).toBe(expected);
  });
});

describe("a line", () => {
  test("is one line of printable text of at most 180 characters, whatever it is made of", () => {
    const text = fc.string({ unit: "binary", maxLength: 2_000 });
    const halves = fc.array(fc.constantFrom("\uD83D", "\uDE00", "\u{1F600}", "\u0000", "\n", "a", "\u001B[2J"));
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          halves.map((parts) => parts.join("").repeat(40)),
        ),
        (given) => {
          const made = line(given);
          expect(made.length).toBeLessThanOrEqual(180);
          expect(made).not.toMatch(/[\p{Cc}\p{Cs}\n\u2028\u2029]/u);
          expect(made).toBe(made.trim());
        },
      ),
    );
  });

  test("is cut with an ellipsis, at its 180th character and between characters", () => {
    expect(line("a".repeat(180))).toBe("a".repeat(180));
    expect(line("a".repeat(181))).toBe(`${"a".repeat(179)}…`);
    expect(line(`${"a".repeat(178)}\u{1F600}${"b".repeat(20)}`)).toBe(`${"a".repeat(178)}…`);
    expect(line("\u{1F600}".repeat(500))).toBe(`${"\u{1F600}".repeat(89)}…`);
  });

  test("of a huge text is as short as any other", () => {
    const huge = "x".repeat(50_000_000);
    expect(line(huge)).toHaveLength(180);
    expect(activityOf(did.text("a", `${huge}\nlast`))).toBe("last");
  });
});
