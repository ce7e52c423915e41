import type { Run } from "../../src/actors/run.ts";
import { isGone, checkSnapshot } from "./spectator.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { World } from "./world.ts";

/** Looks at a run in one of the ways that go through its whole journal. */
export async function lookAt(world: World, process: SimulatedProcess, run: Run, number: number): Promise<void> {
  const { life, position } = run.snapshot();
  const truth = world.store.lives.get(life)!;
  switch (number % 5) {
    case 0: {
      const verification = await run.verify();
      if (!verification.ok && !isGone(world, life)) {
        world.broken(`law 6: ${run.id} does not verify: ${JSON.stringify(verification.divergence)}`);
      }
      return;
    }
    case 1: {
      const at = 1 + (number % position);
      const state = await run.stateAt(at);
      if (truth.snapshotAt(at) !== undefined) checkSnapshot(world, state);
      return;
    }
    case 2: {
      let seen = 0;
      for await (const { position: at, event, state } of run.replay()) {
        if (at !== ++seen || state.position !== at) world.broken(`law 6: replay of ${run.id} shows ${at} at ${seen}`);
        if (JSON.stringify(event) !== JSON.stringify(truth.events[at - 1])) {
          world.broken(`law 6: replay of ${run.id} shows another event at ${at}`);
        }
      }
      return;
    }
    case 3:
      return checkOutcome(world, run);
    default:
      for (const { id, life: listed } of await process.runtime.list()) {
        if (world.store.lives.get(listed)?.run !== id) world.broken(`law 5: the list shows ${id} of life ${listed}`);
      }
  }
}

/** The outcome is what the journal says that each step gave. */
export async function checkOutcome(world: World, run: Run): Promise<void> {
  const outcome = await run.outcome();
  const truth = world.store.lives.get(run.snapshot().life)!;
  if (outcome.status !== truth.state.endedAs) {
    world.broken(`law 1: the outcome of ${run.id} is ${outcome.status}, not ${truth.state.endedAs}`);
  }
  if (truth.isDeleted) return;
  for (const { id } of truth.graph.steps) {
    const given = JSON.stringify(outcome.output(id));
    const expected = JSON.stringify(truth.endOf(id)?.handover.output?.value);
    if (given !== expected) world.broken(`law 1: ${id} of ${run.id} gave ${expected}, and its outcome says ${given}`);
  }
}
