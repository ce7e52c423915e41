import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describe as describeRepository } from "../../examples/embed.ts";
import { reviewOrGoOn } from "../../examples/invoke-from-machine.ts";
import { tryRelease } from "../../examples/react-to-events.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "runfold-example-"));
});

afterEach(async () => {
  await rm(directory, { recursive: true });
});

test("the embedded audit gives a report, and the same run again when it is started again", async () => {
  const database = join(directory, "runs.db");
  const first = await describeRepository(database);
  expect(first.text).toMatch(/\S+ \S+.*\n(.*\n)*\d.*\t\./);
  expect(first.seen[0]).toBe("run.started");
  expect(first.seen.at(-1)).toBe("run.settled");
  expect(first.seen.filter((type) => type === "step.started")).toHaveLength(3);

  const second = await describeRepository(database);
  expect(second).toEqual(first);
});

test("the reacting release cancels itself at the first failure and publishes nothing", async () => {
  const { failures, status, board } = await tryRelease();
  expect(failures).toEqual(["types"]);
  expect(status).toBe("canceled");
  expect(board.running).toEqual([]);
  expect(board.ended["types"]).toBe("step.failed");
  expect(board.ended["publish"]).not.toBe("step.succeeded");
});

test("the machine that invokes a run gets its output, and from its kept snapshot the same run once more", async () => {
  const [database, file] = [join(directory, "runs.db"), join(directory, "snapshot.json")];
  const expected = { state: "reviewed", summary: "2 files reviewed", runs: 1 };
  expect(await reviewOrGoOn(database, file)).toEqual(expected);
  expect(await reviewOrGoOn(database, file)).toEqual(expected);
});
