import type { SimulatedProcess } from "./simulated-process.ts";
import type { Working } from "./simulated-executor.ts";
import type { World } from "./world.ts";

/** Holds an attempt that is about to begin to the laws. */
export function checkLaunch(world: World, process: SimulatedProcess, working: Working): void {
  const { attempt, owner } = working;
  world.began(working);
  const { step, number, isResumed, run } = attempt;
  const name = `attempt ${number} of ${step.id} of ${run} in epoch ${owner.epoch}`;
  world.note(`process ${process.owner.pid} launches ${name}`);
  const truth = world.store.lives.get(owner.life);
  if (truth === undefined) return world.broken(`law 4: ${name} was launched, and there is no such run`);
  const known = process.acknowledged.get(owner.life) ?? 0;
  const start = truth.startOf(step.id, number, isResumed);
  if (start === undefined || start > known) {
    world.broken(`law 4: ${name} was launched before its start was acknowledged`);
  }
  const end = truth.endOf(step.id);
  if (end !== undefined && end.position <= known) {
    world.broken(`law 1: ${name} was launched after its end was acknowledged`);
  }
  if ((process.lost.get(owner.life) ?? 0) > owner.epoch) {
    world.broken(`law 3: ${name} was launched by a process that had been told that it lost the run`);
  }
  const key = `${owner.life} ${owner.epoch} ${step.id} ${number}`;
  if (world.launches.has(key)) world.broken(`law 4: ${name} was launched twice`);
  world.launches.add(key);
  const given = JSON.stringify(attempt.upstream);
  const expected = JSON.stringify(truth.handoversTo(step.id));
  if (given !== expected) world.broken(`law 5: ${name} was handed ${given}, and the journal says ${expected}`);
  for (const other of process.executor.working) {
    const isBefore = other.owner.life === owner.life && other.owner.epoch < owner.epoch;
    if (isBefore && other.stops.length === 0) {
      world.broken(`law 3: ${name} was launched while its own process goes on with epoch ${other.owner.epoch}`);
    }
  }
  if (process.badlySwept.has(run)) return;
  for (const orphan of world.orphans) {
    const isBefore = orphan.owner.life === owner.life && orphan.owner.epoch < owner.epoch;
    if (!isBefore || world.isNewerThanSweep(orphan, owner)) continue;
    world.broken(`law 3: ${name} was launched while epoch ${orphan.owner.epoch} still ran ${orphan.attempt.step.id}`);
  }
}

/** Whoever has been told that a run is another's has told all that it runs of it to stop. */
export function checkStopped(world: World, process: SimulatedProcess, life: string, epoch: number): void {
  if (process.isDead) return;
  for (const { attempt, owner, stops } of process.executor.working) {
    // One that was told to stop by its own deadline may have been given up before.
    const isTold = stops.some(({ force, cause }) => force || cause === "timedOut");
    if (owner.life !== life || owner.epoch >= epoch || isTold) continue;
    world.broken(
      `law 3: process ${process.owner.pid} lost ${attempt.run} and goes on with ${attempt.step.id} ${attempt.number}`,
    );
  }
}
