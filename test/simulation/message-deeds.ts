import type { Run } from "../../src/actors/run.ts";
import type { MessageOptions } from "../../src/actors/checked-message.ts";
import type { MessageEvent } from "../../src/domain/events.ts";
import type { MessageReceipt } from "../../src/domain/message.ts";
import type { DurableRun } from "./durable-run.ts";
import type { World } from "./world.ts";

/** What somebody was told of a message. */
export interface Told {
  readonly life: string;
  readonly text: string;
  readonly receipt: MessageReceipt;
}

/** Says something to a step, mostly to one that runs; now and then under a key that others use as well. */
export async function speak(world: World, run: Run, number: number): Promise<void> {
  const { steps, life } = run.snapshot();
  const running = run.snapshot().runningSteps();
  const step =
    number % 5 === 0 || running.length === 0 ? steps.at(number % steps.length)! : running[number % running.length]!;
  // Under one key, most say the same.
  const key = number % 3 === 0 ? undefined : `key-${number % 4}`;
  const text = key === undefined || number % 11 === 0 ? `say ${world.uniqueName()}` : `say ${key}`;
  const channel = number % 2 === 0 ? "steer" : "follow_up";
  const options: MessageOptions = {
    channel: key === undefined ? channel : "steer",
    text,
    ...(key === undefined ? {} : { key }),
  };
  const receipt = await run.message(step.id, options);
  world.note(
    `message ${receipt.message ?? "none"} to ${step.id} of ${run.id} was ${receipt.status}: ${receipt.reason ?? ""}`,
  );
  world.told.push({ life, text, receipt });
  const truth = world.store.lives.get(life)!;
  for (const law of brokenBy(truth, { life, text, receipt })) world.broken(`law 1: ${law}`);
}

/** What the disk says otherwise than a receipt. */
function brokenBy(truth: DurableRun, { text, receipt }: Told): string[] {
  const { message, status, step, key } = receipt;
  if (status === "sent") return [`a receipt of ${truth.run} came before anything was known`];
  if (message === undefined) {
    const isThere = eventsOf(truth).some(
      (event) => event.type === "message.sent" && event.step === step && event.text === text,
    );
    const isUnique = key === undefined;
    return status === "denied" && isThere && isUnique ? [`"${text}" was denied without a number, and was sent`] : [];
  }
  const events = eventsOf(truth).filter((event) => event.message === message);
  const laws: string[] = [];
  if (events.length === 0) laws.push(`message ${message} of ${truth.run} was acknowledged, and is nowhere`);
  const isShown = events.some((event) => event.type === `message.${status}`);
  if (status !== "unknown" && !isShown) laws.push(`message ${message} of ${truth.run} is ${status} in a receipt alone`);
  for (const event of events) {
    if (event.step !== step) laws.push(`message ${message} of ${truth.run} went to ${event.step}, not ${step}`);
    if (event.type === "message.sent" && event.text !== text)
      laws.push(`message ${message} says ${event.text}, not ${text}`);
  }
  return laws;
}

/** In the end: no receipt was contradicted, and nothing was given to an agent that nobody handed over. */
export function checkMessages(world: World, truth: DurableRun): void {
  for (const told of world.told) {
    if (told.life !== truth.life) continue;
    for (const law of brokenBy(truth, told)) world.broken(`law 1: ${law}`);
  }
  const begin = truth.events.findLastIndex(({ type }) => type === "run.forked");
  for (const event of truth.events.slice(begin + 1)) {
    if (event.type !== "message.consumed" && event.type !== "message.accepted") continue;
    const name = `${truth.life} ${event.step} ${event.attempt} ${event.message}`;
    if (!world.handed.has(name)) world.broken(`law 4: ${event.type} of ${name}, which nobody was handed`);
  }
}

export function eventsOf({ events }: DurableRun): MessageEvent[] {
  return events.filter((event): event is MessageEvent => event.type.startsWith("message."));
}
