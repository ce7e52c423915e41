import { expect, test } from "vitest";
import type { MessageEvent } from "runfold";
import { answerTo } from "../../../src/actors/message-answer.ts";
import { RunStream } from "../../../src/actors/run-stream.ts";
import { MessageSenders } from "../../../src/actors/message-senders.ts";

const sent = (message: number): MessageEvent => ({
  type: "message.sent",
  step: "a",
  attempt: 1,
  message,
  channel: "steer",
  text: "Go on.",
});
const accepted = (message: number): MessageEvent => ({ type: "message.accepted", step: "a", attempt: 1, message });

test("an event answers the senders of its own message, each once", () => {
  const senders = new MessageSenders();
  const told: string[] = [];
  const stop = senders.add(1, () => told.push("one"));
  senders.add(1, () => told.push("one again"));
  senders.add(2, () => told.push("two"));
  for (const answered of senders.take(sent(1))) answered();
  expect(told).toEqual([]);
  stop();
  for (const event of [accepted(1), accepted(1), accepted(3)]) for (const answered of senders.take(event)) answered();
  expect(told).toEqual(["one again"]);
  expect(senders.isEmpty).toBe(false);
  for (const answered of senders.take(accepted(2))) answered();
  expect(told).toEqual(["one again", "two"]);
  expect(senders.isEmpty).toBe(true);
});

test("however many senders wait, an event looks at the message that it is about alone", async () => {
  const stream = new RunStream((error) => {
    throw error;
  });
  let looks = 0;
  const { messages } = stream;
  const get = messages.get.bind(messages);
  messages.get = (message) => {
    looks++;
    return get(message);
  };
  const count = 1_000;
  for (let message = 1; message <= count; message++) messages.apply(sent(message));
  const answers = Array.from({ length: count }, (_, index) => answerTo(stream, index + 1, undefined));
  expect(looks).toBe(count);
  looks = 0;
  for (let message = 1; message <= count; message++) {
    const events = [{ type: "artifact.stored" }, accepted(message)] as never;
    stream.publish([{ events, at: 0 } as never]);
  }
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(Array(count).fill("accepted"));
  expect(looks).toBeLessThanOrEqual(2 * count);
  expect(stream.senders.isEmpty).toBe(true);
});
