import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startFixture } from "../conformance/journal/child-process.ts";
import { needs } from "../conformance/journal/harness.ts";
import { canLimitFileSize, canMount, mountSmallDisk } from "../conformance/journal/media.ts";
import { temporaryDirectory } from "../conformance/journal/temporary-directory.ts";
import { faultRounds } from "./journal-image.ts";
import { expectAllKept } from "./traced-writer.ts";

/** A quarter, half, nearly all and too much of the disk is taken by something else; a campaign tries steps between. */
function* ballasts(diskBytes: number): Generator<number> {
  const quarter = Math.floor(diskBytes / 4);
  for (let size = quarter; size < diskBytes; size += Math.floor(quarter / faultRounds)) yield size;
  yield diskBytes - 20_000;
}

test("a full disk is told as journal.full; what was acknowledged is there, and with room appends go on", async (context) => {
  needs(context, canMount);
  const outcomes: string[] = [];
  for (const size of ballasts(1 << 20)) {
    const disk = mountSmallDisk("1m");
    const ballast = join(disk, "ballast");
    const path = join(disk, "runs.db");
    writeFileSync(ballast, Buffer.alloc(size));
    const lines = await startFixture("careful-writer.ts", [path, "a", "Infinity", ballast]).ended();
    const acknowledged = lines.filter((line) => /^\d+$/.test(line)).length;
    const said = lines.slice(acknowledged).join();
    outcomes.push(said);
    const isOpened = !said.startsWith("refused");
    // The writer itself goes on when it has removed the ballast, and where it stood: nothing was written by halves.
    expect(said).toMatch(/^(refused journal\.(full|failed)|failed journal\.full,again kept,again journal\.conflict)$/);
    rmSync(ballast, { force: true });
    await expectAllKept(path, acknowledged + (isOpened ? 1 : 0));
  }
  expect(outcomes).toContain("failed journal.full,again kept,again journal.conflict");
});

test("a disk that stays full stays refused, and can be read all the while", async (context) => {
  needs(context, canMount);
  const disk = mountSmallDisk("1m");
  const path = join(disk, "runs.db");
  const lines = await startFixture("careful-writer.ts", [path, "a", "Infinity"]).ended();
  const acknowledged = lines.filter((line) => /^\d+$/.test(line)).length;
  expect(lines.slice(acknowledged)).toEqual(["failed journal.full", "again journal.full", "again journal.full"]);
  expect(acknowledged).toBeGreaterThan(10);
  await expectAllKept(path, acknowledged, true);
});

test("a limit on the size of files loses nothing that was acknowledged, wherever it lies", async (context) => {
  needs(context, canLimitFileSize);
  const said = new Set<string>();
  for (let limit = 30_000; limit < 400_000; limit += Math.floor(90_000 / faultRounds)) {
    const path = join(temporaryDirectory(), "runs.db");
    const limited = ["prlimit", `--fsize=${limit}:unlimited`];
    const lines = await startFixture("careful-writer.ts", [path, "a", "300"], limited).ended();
    const acknowledged = lines.filter((line) => /^\d+$/.test(line)).length;
    for (const line of lines.slice(acknowledged)) said.add(line);
    await expectAllKept(path, acknowledged);
  }
  expect([...said].filter((line) => !/^(refused|failed|again) journal\.failed$/.test(line))).toEqual([]);
  expect(said).toContain("failed journal.failed");
});
