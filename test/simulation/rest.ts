import { phaseOf } from "../../src/machines/run-state.ts";
import { attempt, restart } from "./deeds.ts";
import type { DurableRun } from "./durable-run.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { World } from "./world.ts";

/** What a healthy process may take for anything: more than all delays of one turn of the journal together. */
const slackMs = 5_000;
/** Longer than any run of a scenario takes, with all its deadlines, and than any lease. */
const patienceMs = 400_000;
const recoverEveryMs = 10_000;
/** Longer than it takes an owner to notice that its runs are another's. */
const hearingMs = 60_000;

/**
 * All faults end, a healthy process takes over what is left, and every run comes to its end in time. Whatever lost a run stops its
 * work, and whoever still waits is answered.
 */
export async function comeToRest(world: World): Promise<SimulatedProcess> {
  const { faults, processes, scenario } = world;
  Object.assign(faults, { busy: 0, failing: 0, reading: 0, sweeping: 0, delayMsMax: Math.min(faults.delayMsMax, 10) });
  world.note("all faults end");
  for (const process of processes) process.clock.suspendedUntil = 0;
  const slot = processes.length;
  if (scenario.endsInCrash) for (const process of processes) if (!process.isDead) world.kill(process);
  restart(world, slot);
  const healthy = processes[slot]!;
  healthy.clock.skewMs = 0;
  // What was asked for just before may still begin a run.
  do {
    await endAll(world, healthy);
    await pass(world, hearingMs);
  } while (unfinished(world).length > 0);
  checkThatAllHeard(world);
  return healthy;
}

async function endAll(world: World, healthy: SimulatedProcess): Promise<void> {
  const until = world.time.now + patienceMs;
  let recoverAt = world.time.now;
  while (unfinished(world).length > 0) {
    if (world.time.now >= until) {
      const left = unfinished(world).map(({ run }) => run);
      world.broken(`law 10: ${left.join()} did not come to an end`);
      world.judge();
    }
    if (world.time.now >= recoverAt) {
      recoverAt = world.time.now + recoverEveryMs;
      takeOver(world, healthy);
    }
    await world.step(recoverAt);
    checkPunctual(world, healthy);
  }
}

async function pass(world: World, ms: number): Promise<void> {
  const until = world.time.now + ms;
  while (await world.step(until));
}

export function unfinished({ store }: World): DurableRun[] {
  return Array.from(store.runs.values(), ({ truth }) => truth).filter(({ isEnded }) => !isEnded);
}

/** Runs of the dead are recovered. Those of the living are taken by force, for nobody can see from outside whether they are still written. */
function takeOver(world: World, healthy: SimulatedProcess): void {
  if (world.scenario.endsInCrash) return attempt(world, healthy, "recover", () => healthy.runtime.recover());
  for (const { run, state } of unfinished(world)) {
    if (state.owner.pid === healthy.owner.pid) continue;
    attempt(world, healthy, `resume ${run} by force`, () => healthy.runtime.resume(run, { force: true }));
  }
}

/** Everything that a healthy owner is to do in time, it does. */
function checkPunctual(world: World, { owner, clock }: SimulatedProcess): void {
  const now = clock.now();
  for (const { truth, messages } of world.store.runs.values()) {
    const { state, run, ownedSince } = truth;
    if (truth.isEnded || state.owner.pid !== owner.pid || world.time.now < ownedSince + slackMs) continue;
    if (state.phase === "running" && now > state.deadlineAt + slackMs) {
      world.broken(`law 4: ${run} passed its deadline and goes on`);
    }
    for (let step = 0; step < state.phases.length; step++) {
      const phase = phaseOf(state, step);
      if ((phase !== "waiting" && phase !== "running") || now <= state.dueAt[step]! + slackMs) continue;
      const what = phase === "waiting" ? "retry" : "timeout";
      world.broken(`law 4: the ${what} of ${state.plan.ids[step]} of ${run} is long due`);
    }
    for (const { sentAt, message } of messages.values()) {
      if (world.time.now <= sentAt + slackMs) continue;
      world.broken(`law 10: ${JSON.stringify(message)} lies in the inbox of ${run}, and nobody takes it`);
    }
  }
}

/** Those that lost their runs have noticed, and those that waited have heard. */
function checkThatAllHeard(world: World): void {
  for (const process of world.processes) {
    if (process.isDead) continue;
    for (const { attempt: going, stops } of process.executor.working) {
      if (stops.length > 0) continue;
      world.broken(
        `law 3: process ${process.owner.pid} goes on with ${going.step.id} of ${going.run}, which has ended`,
      );
    }
  }
  for (const { what, process } of world.unanswered.values()) {
    if (!process.isDead) world.broken(`law 10: nobody answered ${what}`);
  }
  world.judge();
}
