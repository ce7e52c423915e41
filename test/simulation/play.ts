import process from "node:process";
import * as fc from "fast-check";
import { limits } from "../../src/domain/limits.ts";
import { perform } from "./deeds.ts";
import { checkInTheEnd } from "./final-laws.ts";
import { comeToRest } from "./rest.ts";
import { worldScenarios } from "./scenario.ts";
import type { WorldScenario } from "./scenario.ts";
import { BrokenLaw, World } from "./world.ts";

/** Beside those of the scenario: virtual time is cheap, but not for nothing. */
const shortTimes = {
  stepTimeoutSecondsDefault: 5,
  runSecondsDefault: 100,
  messageWaitMs: 3_000,
  noticeGiveUpMs: 500,
  noticeBackoffMs: 50,
  noticeBackoffMaxMs: 500,
};

/**
 * Plays a scenario to its end: what its actions do, then peace, then judgement. Gives what happened, as lines.
 * @throws BrokenLaw
 */
export async function play(scenario: WorldScenario): Promise<readonly string[]> {
  const before = { ...limits };
  Object.assign(limits, shortTimes, scenario.limits);
  let world: World | undefined;
  const unhandled = (error: unknown): void => {
    world?.broken(`law 8: nobody caught ${error instanceof Error ? error.stack : String(error)}`);
  };
  process.on("uncaughtException", unhandled);
  process.on("unhandledRejection", unhandled);
  try {
    world = new World(scenario);
    const start = world.time.now;
    for (const action of scenario.actions) {
      while (await world.step(start + action.at));
      perform(world, action);
      await world.settle();
    }
    const healthy = await comeToRest(world);
    await checkInTheEnd(world, healthy);
    return world.history;
  } finally {
    Object.assign(limits, before);
    process.off("uncaughtException", unhandled);
    process.off("unhandledRejection", unhandled);
  }
}

/** How a seed ended badly. */
export interface Failure {
  readonly seed: number;
  readonly law: string;
  /** The smallest scenario that was found to break it. */
  readonly scenario: WorldScenario;
  readonly history: readonly string[];
}

/** Plays the scenario of a seed; one that breaks a law is shrunk, for at most so long. */
export async function playSeed(seed: number, shrinkMs = 60_000): Promise<Failure | undefined> {
  let newest: Promise<unknown> = Promise.resolve();
  const property = fc.asyncProperty(worldScenarios, async (scenario) => void (await (newest = play(scenario))));
  const details = await fc.check(property, {
    seed,
    numRuns: 1,
    interruptAfterTimeLimit: shrinkMs,
    markInterruptAsFailure: false,
  });
  // Whoever stops shrinking leaves a world that still goes on, with limits of its own.
  await Promise.allSettled([newest]);
  if (!details.failed || details.counterexample === null) return undefined;
  const error = details.errorInstance;
  return {
    seed,
    law: error instanceof Error ? (error.stack ?? error.message) : String(error),
    scenario: details.counterexample[0],
    history: error instanceof BrokenLaw ? error.history : [],
  };
}

export function textOfFailure({ seed, law, scenario, history }: Failure): string {
  return [
    `Seed ${seed} broke a law: ${law}`,
    `Shrunk scenario:\n${JSON.stringify(scenario, undefined, 1)}`,
    `What happened:\n${history.map((line) => `  ${line}`).join("\n")}`,
  ].join("\n\n");
}
