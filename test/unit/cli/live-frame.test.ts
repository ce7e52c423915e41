import { describe, expect, it } from "vitest";
import { frameOf } from "../../../src/cli/live-frame.ts";
import { columnsOf } from "../../../src/cli/printable.ts";
import { styleOf } from "../../../src/cli/terminal.ts";
import type { RunSnapshot } from "../../../src/projections/run-snapshot.ts";
import { failed, said, snapshotAfter, startAt, started, startOf, succeeded, type Timed } from "./sample-run.ts";

interface Shown {
  readonly seconds?: number;
  readonly columns?: number;
  readonly rows?: number;
  readonly isColoured?: boolean;
}

function frame(run: RunSnapshot, { seconds = 10, columns = 60, rows = 20, isColoured = false }: Shown = {}): string[] {
  const now = startAt + seconds * 1_000;
  const space = { now, columns, rows, style: styleOf(isColoured), hint: "Ctrl-C cancels the run." };
  return frameOf(run, space).map(({ text }) => text);
}

const diamond: Timed[] = [
  [0, startOf([{}, { needs: ["s0"] }, { needs: ["s0"] }, { needs: ["s1"], after: ["s2"] }])],
  [0, started("s0")],
  [2, succeeded("s0")],
  [2, started("s1")],
  [2, started("s2")],
  [4, said("s1", "half\n")],
  [5, failed("s2", "It broke.")],
];

describe("a frame of a run", () => {
  it("is a tree with statuses, times and what each step does", () => {
    expect(frame(snapshotAfter(diamond))).toEqual([
      "▶ sample run-1 running 10s",
      "  1 failed, 1 running, 1 succeeded, 1 pending",
      "  ✔ s0 2.0s  succeeded",
      "  ├─ ▶ s1 8.0s  half",
      "  │  └─ ○ s3",
      "  └─ ✖ s2 3.0s  failed: It broke.",
      "Ctrl-C cancels the run.",
    ]);
  });

  it("stays within the terminal, whatever its size", () => {
    const wide: Timed[] = [...diamond, [6, said("s1", "漢字".repeat(100))]];
    const run = snapshotAfter(wide);
    for (const columns of [1, 5, 10, 20, 40, 79]) {
      for (const rows of [1, 2, 3, 5, 8, 24]) {
        const lines = frame(run, { columns, rows });
        expect(lines.length).toBeLessThanOrEqual(Math.max(1, rows - 1));
        for (const line of lines) expect(columnsOf(line), `${columns}: ${line}`).toBeLessThanOrEqual(columns);
      }
    }
  });

  it("shows what runs, what ended last and a count where there are more steps than lines", () => {
    const count = 100;
    const events: Timed[] = [[0, startOf(Array.from({ length: count }, () => ({})))]];
    for (let step = 0; step < 30; step++) events.push([step, started(`s${step}`)]);
    for (let step = 0; step < 28; step++) events.push([30 + step, succeeded(`s${step}`)]);
    const lines = frame(snapshotAfter(events), { rows: 12, seconds: 60 });
    expect(lines).toEqual([
      "▶ sample run-1 running 1m00s",
      "  2 running, 28 succeeded, 70 pending",
      "  ▶ s28 32s  started",
      "  ▶ s29 31s  started",
      "  ✔ s27 30s  succeeded",
      "  ✔ s26 30s  succeeded",
      "  ✔ s25 30s  succeeded",
      "  ✔ s24 30s  succeeded",
      "  ✔ s23 30s  succeeded",
      "  … and 93 more steps",
      "Ctrl-C cancels the run.",
    ]);
  });

  it("counts down to a retry, and numbers the attempts", () => {
    const failure = { kind: "exit", message: "Not yet.", exitCode: 1 } as const;
    const waiting: Timed[] = [
      [0, startOf([{}])],
      [0, started("s0", 2)],
      [1, { type: "step.retryScheduled", step: "s0", attempt: 2, failure, retryAt: startAt + 9_000 }],
    ];
    expect(frame(snapshotAfter(waiting), { seconds: 4 })[2]).toBe(
      "  ○ s0 #2 again in 5.0s  attempt 2 failed, will retry: Not…",
    );
  });

  it("stands still once the run has ended", () => {
    const run = snapshotAfter([...diamond, [7, { type: "run.settled", status: "mixed" }]]);
    expect(frame(run, { seconds: 500 })[0]).toBe("◐ sample run-1 mixed 7.0s");
  });

  it("measures lines without their colours, and keeps those of a line that it cuts the words of", () => {
    const [, , line] = frame(snapshotAfter(diamond), { columns: 16, isColoured: true });
    expect(line).toBe("\u001b[2m  \u001b[22m\u001b[32m✔\u001b[39m s0\u001b[2m 2.0s\u001b[22m  \u001b[2msu…\u001b[22m");
  });
});
