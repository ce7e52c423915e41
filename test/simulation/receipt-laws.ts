import type { WaitReceipt } from "../../src/actors/run-wait.ts";
import { positionOf } from "../../src/domain/cursor.ts";
import type { Event } from "../../src/domain/events.ts";
import { limits } from "../../src/domain/limits.ts";
import type { Position, StepId } from "../../src/domain/ids.ts";
import { isMaterial } from "../property/material-rules.ts";
import type { DurableRun } from "./durable-run.ts";
import { checkSnapshot } from "./spectator.ts";
import type { World } from "./world.ts";

export interface Waited {
  readonly step: StepId | undefined;
  readonly until: "material" | "end";
  readonly hasTimeout: boolean;
}

/** A receipt says what happened after its cursor, all of it, and nothing else. */
export function checkReceipt(world: World, receipt: WaitReceipt, { step, until, hasTimeout }: Waited): void {
  const { run, position, events, omittedEvents, woke } = receipt;
  checkSnapshot(world, run);
  const truth = world.store.lives.get(run.life);
  if (truth === undefined) return;
  const before = positionOf(receipt.before, run.id, run.life, Number.MAX_SAFE_INTEGER);
  if (positionOf(receipt.cursor, run.id, run.life, position) !== position) {
    world.broken(`law 1: a receipt of ${run.id} has another cursor than its position`);
  }
  const material = materialOf(truth, before, position, step);
  const shown = events.map((event) => event.position);
  // What was cleaned up since cannot be read any more, and is counted.
  const expected = truth.isDeleted ? material.slice(0, shown.length) : material.slice(0, limits.receiptEventsMax);
  if (shown.join() !== expected.join() || shown.length + omittedEvents !== material.length) {
    world.broken(
      `law 1: a receipt of ${run.id} from ${before} to ${position} lists ${shown.join()} and ${omittedEvents} more, not ${material.join()}`,
    );
  }
  for (const { position: at, event } of events) {
    if (JSON.stringify(event) !== JSON.stringify(truth.events[at - 1])) {
      world.broken(`law 1: a receipt of ${run.id} shows another event at ${at}`);
    }
  }
  const hasEnded = truth.events.slice(0, position).some((event) => isEnd(event, step));
  const due = hasEnded ? "end" : until === "material" && material.length > 0 ? "event" : "timeout";
  if (woke !== due) world.broken(`law 1: a wait for ${run.id} says ${woke}, and it was ${due}`);
  if (woke === "timeout" && !hasTimeout) world.broken(`law 1: a wait for ${run.id} timed out, and has no timeout`);
}

function materialOf(truth: DurableRun, from: Position, to: Position, step: StepId | undefined): Position[] {
  const found: Position[] = [];
  for (let position = from + 1; position <= to; position++) {
    if (isMaterial(truth.graphAt(position), truth.events[position - 1]!, step)) found.push(position);
  }
  return found;
}

function isEnd(event: Event, step: StepId | undefined): boolean {
  if (event.type === "run.settled") return true;
  return (
    "step" in event && event.step === step && /^step\.(?:succeeded|failed|timedOut|canceled|blocked)$/.test(event.type)
  );
}
