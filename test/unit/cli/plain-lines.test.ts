import { describe, expect, it } from "vitest";
import { PlainLines } from "../../../src/cli/plain-lines.ts";
import { styleOf } from "../../../src/cli/terminal.ts";
import { failed, recorded, said, started, startOf, succeeded, type Timed } from "./sample-run.ts";

function linesOf(events: readonly Timed[], isColoured = false): (string | undefined)[] {
  const plain = new PlainLines(styleOf(isColoured));
  return recorded(events).map((event) => plain.lineOf(event));
}

describe("a run as lines", () => {
  it("has one line for each thing that happened, with its time and how long it took", () => {
    const lines = linesOf([
      [0, startOf([{}, { needs: ["s0"] }])],
      [0.5, started("s0")],
      [1, said("s0", "first\nlast\n")],
      [62.5, succeeded("s0")],
      [62.5, started("s1")],
      [70, failed("s1", "It broke.\nBadly.")],
      [70, { type: "run.settled", status: "mixed" }],
    ]);
    expect(lines).toEqual([
      "   0.0s ▶ sample started, 2 steps",
      "   0.5s ▶ s0  started",
      "   1.0s · s0  last",
      "  1m03s ✔ s0  succeeded (1m02s)",
      "  1m03s ▶ s1  started",
      "  1m10s ✖ s1  failed: It broke. Badly. (7.5s)",
      "  1m10s ◐ the run has ended: mixed",
    ]);
  });

  it("says nothing of what only the journal needs", () => {
    const artifact = { name: "s0.1.stdout.txt", bytes: 1, sha256: "0" };
    const lines = linesOf([
      [0, startOf([{}])],
      [1, { type: "artifact.stored", step: "s0", attempt: 1, artifact }],
      [1, said("s0", " \n")],
    ]);
    expect(lines.slice(1)).toEqual([undefined, undefined]);
  });

  it("lets no text of others steer the terminal", () => {
    const [, line] = linesOf([
      [0, startOf([{}])],
      [1, said("s0", "a\u001b]0;title\u0007b\u001b[2Jc\u009bd\u202ee\r")],
    ]);
    expect(line).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(line).toMatch(/^ {3}1\.0s · s0 {2}a/);
  });

  it("has colours where they are asked for", () => {
    const [, , line] = linesOf(
      [
        [0, startOf([{}])],
        [0, started("s0")],
        [1, succeeded("s0")],
      ],
      true,
    );
    expect(line).toBe("\u001b[2m   1.0s\u001b[22m \u001b[32m✔\u001b[39m s0  succeeded\u001b[2m (1.0s)\u001b[22m");
  });
});
