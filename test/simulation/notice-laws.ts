import type { Notice } from "../../src/domain/notice.ts";
import type { NoticeFailure } from "../../src/ports/notice-sink.ts";
import type { DurableRun } from "./durable-run.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { World } from "./world.ts";

/** The one who is told of everything, whichever process tells it. */
export const listener = "listener";

/** What the listener got so far, by key: how often, and as what. */
export class Heard {
  readonly #times = new Map<string, number>();
  readonly #said = new Map<string, string>();

  times(key: string): number {
    return this.#times.get(key) ?? 0;
  }

  /** It takes most notices, fails at some, and now and then never answers. */
  async take(world: World, process: SimulatedProcess, notice: Notice): Promise<string | NoticeFailure | undefined> {
    const { key, run, notice: number, reasons, isTerminal, omittedReasons } = notice;
    const queued = world.store.lives.get(lifeOf(key))?.notices.find((one) => one.notice === number);
    const said = JSON.stringify([reasons, isTerminal, omittedReasons]);
    if (queued === undefined) world.broken(`law 1: notice ${key} of ${run} was told, and is not in the journal`);
    else if (said !== JSON.stringify([queued.reasons, queued.isTerminal, queued.omittedReasons ?? 0])) {
      world.broken(`law 1: notice ${key} is told otherwise than it was queued`);
    }
    if ((this.#said.get(key) ?? said) !== said) world.broken(`law 1: notice ${key} was told in two ways`);
    this.#said.set(key, said);
    world.note(`process ${process.owner.pid} tells the listener notice ${number} of ${run}`);
    const chance = world.chance.below(10);
    if (process.isDead || chance === 0) return "Not now.";
    if (chance === 1) throw new Error("It broke.");
    if (chance === 2) return { reason: "Never again.", isFinal: true };
    if (chance === 3) return await new Promise<never>(() => undefined);
    this.#times.set(key, this.times(key) + 1);
    return undefined;
  }
}

function lifeOf(key: string): string {
  return key.split(".").at(-2)!;
}

/** Every notice of an ended run has been heard, or it is known that it could not be told. */
export function checkNotices(world: World): void {
  for (const [run, { truth, marked }] of world.store.runs) {
    if (!truth.isEnded || truth.state.phase === "cleaned" || !marked.has(listener)) continue;
    for (const { notice } of truth.notices) {
      const state = marked.get(listener)!.get(notice)?.state;
      const isHeard = world.heard.times(keyOf(truth, notice)) > 0;
      if (state === undefined) world.broken(`law 10: nobody told the listener of notice ${notice} of ${run}`);
      if (state === "delivered" && !isHeard)
        world.broken(`law 1: notice ${notice} of ${run} is marked, and was never heard`);
    }
    if (marked.get(listener)!.get(0)?.state !== "closed" && truth.notices.some(({ isTerminal }) => isTerminal)) {
      world.broken(`law 10: the listener of ${run} has been told of its end, and is still waited for`);
    }
  }
}

function keyOf({ run, life }: DurableRun, notice: number): string {
  return `${run}.${life}.${notice}`;
}
