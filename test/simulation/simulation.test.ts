import process from "node:process";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { play, playSeed, textOfFailure } from "./play.ts";
import type { Failure } from "./play.ts";
import { worldScenarios } from "./scenario.ts";

/** `SIMULATION_FROM=…` repeats the seeds of a failure. */
const from = Number(process.env["SIMULATION_FROM"] ?? 1);
const seeds = 200;

test(`no law breaks in the ${seeds} simulated worlds from seed ${from} on, whatever crashes, stalls or comes late`, async () => {
  let failure: Failure | undefined;
  for (let seed = from; seed < from + seeds && failure === undefined; seed++) failure = await playSeed(seed, 20_000);
  expect(failure && textOfFailure(failure)).toBeUndefined();
});

test("the same scenario is always the same history", async () => {
  for (const scenario of fc.sample(worldScenarios, { seed: from, numRuns: 10 })) {
    const history = await play(scenario);
    expect(history.length).toBeGreaterThan(5);
    expect(await play(scenario)).toEqual(history);
  }
});

test("worlds are as wild as they are meant to be: all kinds of things happen in them, and often", async () => {
  const histories: string[] = [];
  for (const scenario of fc.sample(worldScenarios, { seed: 1, numRuns: 100 })) {
    histories.push((await play(scenario)).join("\n"));
  }
  const all = histories.join("\n");
  const happenings = [
    /by \d+: run\.recover/g,
    /by \d+: run\.fork/g,
    /by \d+: run\.cancel/g,
    /by \d+: run\.clean/g,
    /by \d+: run\.expire/g,
    /by \d+: step\.retry/g,
    /by \d+: message\.send/g,
    /by \d+: message\.report/g,
    /hands message/g,
    /was accepted: /g,
    /was denied: /g,
    /process \d+ dies/g,
    /is suspended for/g,
    /reports journal-waits/g,
    /tells the listener notice/g,
    /reports notice-failed/g,
  ];
  for (const happening of happenings) {
    expect(all.match(happening)?.length ?? 0, String(happening)).toBeGreaterThan(5);
  }
});
