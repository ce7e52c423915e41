import { brokenLaws } from "../property/journal-laws.ts";
import type { DurableRun } from "./durable-run.ts";
import { attempt } from "./deeds.ts";
import { checkOutcome } from "./looks.ts";
import { checkNotices } from "./notice-laws.ts";
import { checkMessages } from "./message-deeds.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import { checkHandle, readAll } from "./spectator.ts";
import type { World } from "./world.ts";

/** Each of them is a reading of the whole run, at the pace of a slow disk, and the last look must not last: they are read at once. */
const cursorsReadMax = 20;

/** Holds every journal that ever was to the laws of whole journals, and reads what is left once more. */
export async function checkInTheEnd(world: World, healthy: SimulatedProcess): Promise<void> {
  for (const truth of world.store.lives.values()) {
    checkJournal(world, truth);
    checkMessages(world, truth);
  }
  world.judge();
  for (const run of world.store.runs.keys()) {
    attempt(world, healthy, `last look at ${run}`, () => readOnceMore(world, healthy, run));
  }
  // Whoever was just leaving may have left something for the next process.
  attempt(world, healthy, "tell the rest", () => healthy.runtime.notices.resume());
  const toldBy = world.time.now + 60_000;
  while (await world.step(toldBy));
  checkNotices(world);
  const until = world.time.now + 10_000;
  // The dead are answered by nobody, and are not waited for.
  const isWaiting = (): boolean => [...world.unanswered.values()].some(({ process }) => !process.isDead);
  while (isWaiting() && (await world.step(until)));
  world.judge();
  for (const { what, process } of world.unanswered.values()) {
    if (!process.isDead) world.broken(`law 10: nobody answered ${what}`);
  }
  world.judge();
}

function checkJournal(world: World, truth: DurableRun): void {
  const { run, commits } = truth;
  const laws = brokenLaws(truth.graphAt(1), commits);
  if (laws.length > 0) world.broken(`journal of ${run}: ${laws.join("; ")}`);
  const expiries = truth.events.filter(({ type }) => type === "run.expired").length;
  if (expiries > 1) world.broken(`law 6: ${run} expired ${expiries} times`);
  const reasons = commits.flatMap(({ input }) => (input.type === "run.cancel" ? [input.reason] : []));
  const twice = reasons.find((reason, place) => reason.startsWith("cancel ") && reasons.indexOf(reason) !== place);
  if (twice !== undefined) world.broken(`law 10: ${twice} was taken twice by ${run}`);
}

async function readOnceMore(world: World, healthy: SimulatedProcess, id: string): Promise<void> {
  const run = await healthy.runtime.get(id);
  if (run === undefined) return;
  const snapshot = run.snapshot();
  checkHandle(world, run);
  const truth = world.store.lives.get(snapshot.life)!;
  if (snapshot.position !== truth.position)
    world.broken(`law 5: ${id} is shown at ${snapshot.position}, not at its end`);
  await readAll(world, healthy, run, {});
  const given = world.cursors.filter(({ life }) => life === snapshot.life).slice(0, cursorsReadMax);
  await Promise.all(given.map((cursor) => readAll(world, healthy, run, { given: cursor })));
  if (!truth.isDeleted && !snapshot.isCleaned) await checkOutcome(world, run);
  const verification = await run.verify();
  if (!verification.ok) world.broken(`law 6: ${id} does not verify: ${JSON.stringify(verification.divergence)}`);
}
