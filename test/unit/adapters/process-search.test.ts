import { expect, test } from "vitest";
import { ProcessSearch } from "../../../src/adapters/executors/processes/process-search.ts";
import { showsProcesses } from "../../support/processes.ts";

/** A search that counts how often it has looked at this process, which is always there. */
function countingSearch() {
  const counted = { looks: 0 };
  const search = new ProcessSearch(async (pid) => (pid === process.pid ? ++counted.looks : undefined));
  return { search, counted };
}

test.runIf(showsProcesses)("many who search at once share one search that began after they asked", async () => {
  const { search, counted } = countingSearch();
  const first = search.run();
  const rest = Array.from({ length: 50 }, () => search.run());
  expect(await first).toEqual([1]);
  expect(await Promise.all(rest)).toEqual(rest.map(() => [2]));
  expect(counted.looks).toBe(2);
});

test.runIf(showsProcesses)("a search that fails is none for those who come after it", async () => {
  let isBroken = true;
  const search = new ProcessSearch(async (pid) => {
    if (isBroken) throw new Error("boom");
    return pid === process.pid ? "found" : undefined;
  });
  const failing = search.run();
  const next = search.run();
  await expect(failing).rejects.toThrow("boom");
  isBroken = false;
  expect(await next).toEqual(["found"]);
  expect(await search.run()).toEqual(["found"]);
});
