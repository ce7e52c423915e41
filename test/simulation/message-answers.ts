import type { Message } from "../../src/ports/executor.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import type { Working } from "./simulated-executor.ts";
import type { World } from "./world.ts";

type Say = "accepted" | "consumed" | "denied" | "unknown";

/** What an agent's program says of a message, one after the other; it may end before it has said all. */
const answers: readonly (readonly Say[])[] = [
  [],
  ["accepted", "consumed"],
  ["accepted"],
  ["consumed", "denied"],
  ["unknown", "accepted", "consumed"],
  ["denied"],
  ["unknown"],
];

export function answerOf({ number }: Message): readonly Say[] {
  return answers[number % answers.length]!;
}

export function say(message: Message, what: Say): void {
  if (what === "accepted") message.accepted();
  if (what === "consumed") message.consumed();
  if (what === "denied") message.denied("Not now.");
  if (what === "unknown") message.unknown("No answer.");
}

/** Holds a message that an attempt is handed to the laws. */
export function checkHanded(
  world: World,
  process: SimulatedProcess,
  { attempt, owner }: Working,
  message: Message,
): void {
  const name = `${owner.life} ${attempt.step.id} ${attempt.number} ${message.number}`;
  world.note(`process ${process.owner.pid} hands message ${name} over`);
  const truth = world.store.lives.get(owner.life);
  const known = process.acknowledged.get(owner.life) ?? 0;
  const sent = truth?.events.findIndex((event) => {
    return event.type === "message.sent" && event.message === message.number && event.attempt === attempt.number;
  });
  if (sent === undefined || sent === -1 || sent >= known)
    world.broken(`law 4: message ${name} was handed over before it was known to be kept`);
  const once = `${name} ${owner.epoch}`;
  if (world.handedOnce.has(once)) world.broken(`law 4: message ${once} was handed over twice by one owner`);
  world.handedOnce.add(once);
  world.handed.add(name);
}
