import { describe, expect, test } from "vitest";
import type { Event } from "runfold";
import { MessageBook, receiptOf } from "../../../src/projections/messages.ts";

const sent = (message: number, rest: { step?: string; key?: string; text?: string; attempt?: number } = {}): Event => ({
  type: "message.sent",
  message,
  step: "a",
  attempt: 1,
  channel: "steer",
  text: "Hello.",
  ...rest,
});
const about = { step: "a", attempt: 1 } as const;

function bookOf(...events: Event[]): MessageBook {
  const book = new MessageBook();
  for (const event of events) book.apply(event);
  return book;
}

describe("the messages of a run", () => {
  test("are listed in the order of their numbers, of all steps or of one", () => {
    const book = bookOf(sent(1), sent(2, { step: "b" }), { type: "message.accepted", message: 1, ...about });
    expect(book.list().map(({ message, status }) => [message, status])).toEqual([
      [1, "accepted"],
      [2, "sent"],
    ]);
    expect(book.list("b")).toMatchObject([{ message: 2 }]);
  });

  test("lose their doubt with a late answer, and its reason", () => {
    const unknown: Event = { type: "message.unknown", message: 1, ...about, reason: "No answer." };
    expect(receiptOf(bookOf(sent(1), unknown).get(1)!, false)).toMatchObject({
      status: "unknown",
      reason: "No answer.",
    });
    const late = bookOf(sent(1), unknown, { type: "message.consumed", message: 1, ...about });
    expect(receiptOf(late.get(1)!, true)).toMatchObject({ status: "consumed", reason: undefined, isReused: true });
  });

  test("are found by a key that was sent, never by one that was denied before", () => {
    const denied = { type: "message.denied", message: 1, ...about, channel: "steer", reason: "No.", key: "k" } as const;
    expect(bookOf(denied).find("a", "k", "steer", "Hello.")).toBeUndefined();
    const book = bookOf(denied, sent(2, { key: "k" }), { ...denied, message: 3 });
    expect(book.find("a", "k", "steer", "Hello.")).toMatchObject({ entry: { message: 2 }, isSame: true });
    expect(book.find("a", "k", "follow_up", "Hello.")).toMatchObject({ isSame: false });
    expect(book.find("a", "k", "steer", "Hello!")).toMatchObject({ isSame: false });
    expect(book.find("b", "k", "steer", "Hello.")).toBeUndefined();
  });

  test("are the same after a way through JSON", () => {
    const book = bookOf(sent(1, { key: "k" }), sent(2), { type: "message.unknown", message: 2, ...about, reason: "?" });
    const again = MessageBook.restore(JSON.parse(JSON.stringify(book.save())) as ReturnType<MessageBook["save"]>);
    expect(again.list()).toEqual(book.list());
    expect(again.find("a", "k", "steer", "Hello.")).toEqual(book.find("a", "k", "steer", "Hello."));
  });
});
