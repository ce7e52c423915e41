import { expect, test } from "vitest";
import { Mailbox } from "../../../src/actors/mailbox.ts";
import type { Answer, Letter } from "../../../src/actors/mailbox.ts";

const answer: Answer = { resolve: () => undefined, reject: () => undefined };
const report = (step: string): Letter => ({ input: { type: "step.timeOut", step, attempt: 1 } });
const command: Letter = { input: { type: "run.clean", reason: "" }, answer };
const cancel: Letter = { input: { type: "run.cancel", reason: "", force: false }, answer };

test("letters come out in the order in which they were put in, however many are taken at once", () => {
  const mailbox = new Mailbox();
  for (const step of ["a", "b", "c"]) mailbox.put(report(step));
  expect(mailbox.take(2)).toEqual([report("a"), report("b")]);
  mailbox.put(report("d"));
  expect(mailbox.take(10)).toEqual([report("c"), report("d")]);
  expect([mailbox.take(10), mailbox.isEmpty]).toEqual([[], true]);
});

test("commands are counted while they wait, reports are not", () => {
  const mailbox = new Mailbox();
  for (const letter of [command, report("a"), cancel]) mailbox.put(letter);
  expect([mailbox.commands, mailbox.hasCancel]).toEqual([2, true]);
  mailbox.take(2);
  expect([mailbox.commands, mailbox.hasCancel]).toEqual([1, true]);
  mailbox.take(1);
  expect([mailbox.commands, mailbox.hasCancel]).toEqual([0, false]);
});

test("whoever waits is answered once when the mailbox is emptied", () => {
  const mailbox = new Mailbox();
  let answers = 0;
  const counted: Answer = { resolve: () => void answers++, reject: () => void answers++ };
  mailbox.put({ ...command, answer: counted });
  mailbox.put(report("a"));
  mailbox.answerAll((one) => one.resolve(undefined));
  mailbox.answerAll((one) => one.resolve(undefined));
  expect([answers, mailbox.isEmpty, mailbox.commands]).toEqual([1, true, 0]);
});
