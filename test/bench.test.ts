import { expect, test } from "vitest";
import { inspectorCosts } from "../bench/inspector.ts";
import { recordCosts } from "../bench/record-reader.ts";
import { recoveryCosts } from "../bench/recovery.ts";
import { telemetryCosts } from "../bench/telemetry.ts";

// It opens its journal with parts of it replaced, which nothing but a run of it shows to work.
test("the benchmark of recovery runs, on a short run", async () => {
  expect(await recoveryCosts(8_000)).toMatch(
    /^8\d{3} events: read and parsed .+; folded .+; from a checkpoint .+ The state in the middle: /u,
  );
});

test("the benchmark of records runs, on a short record", () => {
  expect(recordCosts(1 << 20)).toMatch(
    /^one record of 1\.0 MiB in chunks of 64 KiB: .+ times as much as one of an eighth/u,
  );
});

test("the benchmark of traces runs, on short runs", async () => {
  expect(await telemetryCosts(40, 1)).toMatch(
    /: nobody observes .+; no provider .+; spans into memory .+ µs \(.+\)\.$/u,
  );
});

test("the benchmark of an inspected run runs, on a short run", async () => {
  expect(await inspectorCosts(100, 2)).toMatch(
    /^100 steps against the same without: chain .+; layered .+ messages, \d+ KiB/u,
  );
});
