import { describe, expect, test, vi } from "vitest";
import { limits } from "runfold";
import type { Run } from "runfold";
import { failed } from "runfold/testing";
import { RunStream } from "../../../src/actors/run-stream.ts";
import { journalWith } from "../../../src/ports/journal-with.ts";
import { say, talk } from "./talk.ts";
import type { Hears, Talk } from "./talk.ts";
import { ManualClock, openWorld, turns } from "./world.ts";

describe("from a process that does not write the run", () => {
  async function elsewhere(hears?: Hears): Promise<Talk & { readonly there: Run; readonly thereClock: ManualClock }> {
    const world = await talk(hears);
    const clock = new ManualClock();
    const journal = journalWith(world.journal, { close: () => Promise.resolve() });
    const other = await openWorld({ journal, clock, recover: false });
    const there = await other.runtime.get("x");
    if (there === undefined) throw new Error("the run is not there");
    return { ...world, there, thereClock: clock };
  }

  test("it goes through the inbox, and the receipt is read from the journal", async () => {
    const { there, heard, journal } = await elsewhere();
    const receipt = await there.message("a", say("From afar."));
    expect(receipt).toMatchObject({ status: "accepted", message: 1, isReused: false });
    expect(receipt.key).toEqual(expect.any(String));
    expect(heard.map(({ text }) => text)).toEqual(["From afar."]);
    expect(await journal.inbox(0)).toEqual([]);
  });

  test("a repeat, a conflict and a step that is not running are told as they are here", async () => {
    const { there, thereClock, run, heard, executor } = await elsewhere();
    await run.message("a", say("One.", "k"));
    expect(await there.message("a", say("One.", "k"))).toMatchObject({
      message: 1,
      isReused: true,
      status: "accepted",
    });
    const conflict = there.message("a", say("Other.", "k"));
    await thereClock.advance(limits.messagePollMs);
    expect(await conflict).toMatchObject({ message: 2, status: "denied" });
    const early = there.message("b", say("Hello.", "k"));
    await thereClock.advance(limits.messagePollMs);
    expect(await early).toMatchObject({ message: 3, status: "denied", reason: "The step is not running yet." });
    expect(heard).toHaveLength(1);
    executor.end("a", failed());
    await run.outcome();
    await turns();
    expect(await there.message("a", say("Late.", "late"))).toMatchObject({ status: "denied", message: undefined });
  });

  test("concurrent equal sends of two processes are one message", async () => {
    const { there, run, heard, thereClock } = await elsewhere();
    const both = Promise.all([run.message("a", say("Once.", "k")), there.message("a", say("Once.", "k"))]);
    await thereClock.advance(limits.messagePollMs);
    expect((await both).map(({ message, status }) => [message, status])).toEqual([
      [1, "accepted"],
      [1, "accepted"],
    ]);
    expect(heard).toHaveLength(1);
  });

  test("a program that never answers ends in a receipt that says so, not in waiting for ever", async () => {
    const { there, thereClock, run } = await elsewhere(() => undefined);
    const receipt = there.message("a", say("Hello?", "k"));
    await thereClock.advance(limits.messageWaitMs + limits.messagePollMs);
    expect(await receipt).toMatchObject({ status: "unknown", message: 1 });
    expect(run.messages()).toMatchObject([{ status: "sent" }]);
    expect(thereClock.armed).toBe(0);
  });

  test("waiting for an answer holds on to the run's events once, however long it takes", async () => {
    const { there, thereClock } = await elsewhere(() => undefined);
    const listening = vi.spyOn(RunStream.prototype, "listenBatches");
    const receipt = there.message("a", say("Hello?", "k"));
    await thereClock.advance(limits.messageWaitMs + limits.messagePollMs);
    expect(await receipt).toMatchObject({ status: "unknown" });
    expect(listening.mock.calls.length).toBeLessThan(10);
    listening.mockRestore();
  });

  test("a process that does not take it up ends the same way, and the message still waits for it", async () => {
    const { journal } = await talk();
    const frozen = journalWith(journal, { close: () => Promise.resolve(), send: () => Promise.resolve(7) });
    const stuck = journalWith(frozen, {
      inbox: () => Promise.resolve([{ number: 7, run: "x", message: null }]),
    });
    const clock = new ManualClock();
    const there = (await (await openWorld({ journal: stuck, clock, recover: false })).runtime.get("x"))!;
    const receipt = there.message("a", say("Hello?", "k"));
    await clock.advance(limits.messageWaitMs + limits.messagePollMs);
    expect(await receipt).toMatchObject({
      status: "unknown",
      message: undefined,
      reason: expect.stringContaining("has not taken it up") as string,
    });
  });

  test("an earlier denial of its key is not taken for the answer to a message that was not taken down", async () => {
    const { journal, run } = await talk();
    expect(await run.message("b", say("Hello.", "k"))).toMatchObject({ status: "denied", message: 1 });
    const swallowing = journalWith(journal, { close: () => Promise.resolve(), send: () => Promise.resolve(7) });
    const there = (await (await openWorld({ journal: swallowing, recover: false })).runtime.get("x"))!;
    expect(await there.message("b", say("Hello.", "k"))).toMatchObject({
      status: "denied",
      message: undefined,
      reason: "The run takes down no more messages.",
    });
  });

  test("whoever stops waiting is told so", async () => {
    const { there, thereClock } = await elsewhere(() => undefined);
    const controller = new AbortController();
    const receipt = there
      .message("a", { ...say("Hello?"), signal: controller.signal })
      .catch((error: unknown) => error);
    await turns();
    controller.abort(new Error("enough"));
    await thereClock.advance(limits.messagePollMs);
    expect(await receipt).toMatchObject({ message: "enough" });
  });
});
