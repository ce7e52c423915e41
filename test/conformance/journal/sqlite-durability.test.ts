import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { startFixture } from "./child-process.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** Whether system calls of a child can be watched here; a container may forbid it. */
const canTrace = spawnSync("strace", ["-o", "/dev/null", "true"]).status === 0;
if (!canTrace) console.log("skipped: strace is missing or not permitted, so syncs cannot be counted");

const commits = 30;

describe.runIf(canTrace)("the journal in a SQLite file, down to the disk", () => {
  test("acknowledges no commit before the disk was told to keep it", async () => {
    const trace = join(temporaryDirectory(), "trace");
    const path = join(temporaryDirectory(), "runs.db");
    const watched = ["strace", "-f", "-qq", "-e", "trace=fdatasync,fsync,write", "-s", "8", "-o", trace];
    const writer = startFixture("writer.ts", [path, "a", String(commits)], watched);
    expect(await writer.ended()).toHaveLength(commits);

    // The writer prints each position once it is acknowledged: between two such lines there is at least one sync.
    let syncs = 0;
    let acknowledged = 0;
    for (const line of readFileSync(trace, "utf8").split("\n")) {
      if (/ f(data)?sync\(/.test(line)) syncs++;
      if (!/ write\(1, "\d+\\n"/.test(line)) continue;
      acknowledged++;
      expect(syncs, `before commit ${acknowledged} was acknowledged`).toBeGreaterThan(0);
      syncs = 0;
    }
    expect(acknowledged).toBe(commits);
  });
});
