import { expect, test } from "vitest";
import { recoveryCosts } from "../bench/recovery.ts";

// It opens its journal with parts of it replaced, which nothing but a run of it shows to work.
test("the benchmark of recovery runs, on a short run", async () => {
  expect(await recoveryCosts(8_000)).toMatch(
    /^8\d{3} events: read and parsed .+; folded .+; from a checkpoint .+ The state in the middle: /u,
  );
});
