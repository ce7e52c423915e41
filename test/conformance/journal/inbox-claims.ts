import { expect, test } from "vitest";
import { limits } from "../../../src/domain/limits.ts";
import type { Journal } from "../../../src/ports/journal.ts";
import { type JournalHarness, reopened, needs } from "./harness.ts";
import { begin, commitAfter } from "./sample-commits.ts";

/** What `send`, `inbox` and `watch` promise: messages for a run's writer that are consumed exactly with what they caused. */
export function inboxClaims(harness: JournalHarness): void {
  test("messages wait in the order in which they were sent, of all runs together", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    await begin(journal, "b", 1);
    const numbers = [
      await journal.send("a", "first"),
      await journal.send("b", { second: [2] }),
      await journal.send("a", null),
    ];
    expect(numbers).toEqual(numbers.toSorted((left, right) => left - right));
    expect(new Set(numbers).size).toBe(3);
    const messages = [
      { number: numbers[0], run: "a", message: "first" },
      { number: numbers[1], run: "b", message: { second: [2] } },
      { number: numbers[2], run: "a", message: null },
    ];
    expect(await journal.inbox(0)).toEqual(messages);
    expect(await journal.inbox(numbers[0]!)).toEqual(messages.slice(1));
    expect(await journal.inbox(0, 2)).toEqual(messages.slice(0, 2));
    expect(await journal.inbox(numbers[2]!)).toEqual([]);
    await journal.close();
  });

  test("an append consumes the messages of its own run up to a number, and no others", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    await begin(journal, "b", 1);
    const numbers = await Promise.all(["a", "b", "a", "a"].map((run) => journal.send(run, run)));
    await journal.append("a", 1, [commitAfter(1)], { inboxThrough: numbers[2]! });
    expect((await journal.inbox(0)).map(({ number }) => number)).toEqual([numbers[1], numbers[3]]);
    await journal.append("b", 1, [commitAfter(1)], { inboxThrough: numbers[3]! });
    expect((await journal.inbox(0)).map(({ number }) => number)).toEqual([numbers[3]]);
    await journal.close();
  });

  test("an append without commits consumes messages all the same, if it does not conflict", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    const number = await journal.send("a", "again");
    await expect(journal.append("a", 0, [], { inboxThrough: number })).rejects.toMatchObject({
      code: "journal.conflict",
    });
    expect(await journal.inbox(0)).toHaveLength(1);
    await journal.append("a", 1, [], { inboxThrough: number, summary: "unchanged" });
    expect(await journal.inbox(0)).toEqual([]);
    expect((await journal.entry("a"))?.summary).toBeNull();
    expect(await journal.head("a")).toBe(1);
    await journal.close();
  });

  test("an append that conflicts consumes nothing", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    const number = await journal.send("a", "stay");
    const append = journal.append("a", 0, [commitAfter(0)], { inboxThrough: number, summary: "changed" });
    await expect(append).rejects.toMatchObject({ code: "journal.conflict" });
    expect(await journal.inbox(0)).toEqual([{ number, run: "a", message: "stay" }]);
    expect((await journal.entry("a"))?.summary).toBeNull();
    await journal.close();
  });

  test("numbers are never used again, whatever was consumed or deleted", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    const first = await journal.send("a", 1);
    await journal.append("a", 1, [commitAfter(1)], { inboxThrough: first });
    const second = await journal.send("a", 2);
    await journal.delete("a");
    await begin(journal, "a", 1);
    const third = await journal.send("a", 3);
    expect(first < second && second < third).toBe(true);
    await journal.close();
  });

  test("a message to an unknown run is refused", async () => {
    const journal = harness.open();
    await expect(journal.send("a", "?")).rejects.toMatchObject({ code: "run.unknown", details: { run: "a" } });
    await begin(journal, "a", 1);
    await journal.delete("a");
    await expect(journal.send("a", "?")).rejects.toMatchObject({ code: "run.unknown" });
    expect(await journal.inbox(0)).toEqual([]);
    await journal.close();
  });

  test("a run's inbox is bounded, and has room again when messages are consumed", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    await begin(journal, "b", 1);
    const sends = Array.from({ length: limits.inboxMessagesMax }, (_, index) => journal.send("a", index));
    const numbers = await Promise.all(sends);
    await expect(journal.send("a", "too many")).rejects.toMatchObject({ code: "mailbox.full", details: { run: "a" } });
    await journal.send("b", "another run has room");
    await journal.append("a", 1, [commitAfter(1)], { inboxThrough: numbers[0]! });
    await journal.send("a", "room again");
    await expect(journal.send("a", "too many")).rejects.toMatchObject({ code: "mailbox.full" });
    await journal.close();
  });

  test("a watcher is called back after a message of this journal, never from within, and not after it stopped", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    let calls = 0;
    let isSending = false;
    const changes = watched(journal, () => {
      calls++;
      expect(isSending).toBe(false);
    });
    const change = changes.next();
    isSending = true;
    const sent = journal.send("a", 1);
    isSending = false;
    await Promise.all([change, sent]);
    changes.stop();
    const callsBefore = calls;
    const other = watched(journal);
    const otherChange = other.next();
    await journal.send("a", 2);
    await otherChange;
    expect(calls).toBe(callsBefore);
    other.stop();
    other.stop();
    await journal.close();
  });

  test("a watcher is called back after another journal's message and commit", async (context) => {
    needs(context, harness.capabilities.shared);
    const journal = harness.open();
    const other = reopened(harness, journal);
    await begin(journal, "a", 1);
    const changes = watched(journal);
    const message = changes.next();
    await other.send("a", "cancel");
    await message;
    expect(await journal.inbox(0)).toMatchObject([{ run: "a", message: "cancel" }]);
    const commit = changes.next();
    await other.append("a", 1, [commitAfter(1)]);
    await commit;
    expect(await journal.head("a")).toBe(2);
    changes.stop();
    await Promise.all([journal.close(), other.close()]);
  });

  test("messages and their numbers outlive the journal that took them", async (context) => {
    needs(context, harness.capabilities.persistent);
    const first = harness.open();
    await begin(first, "a", 1);
    const consumed = await first.send("a", 1);
    await first.append("a", 1, [commitAfter(1)], { inboxThrough: consumed });
    await first.close();
    const second = reopened(harness, first);
    const waiting = await second.send("a", 2);
    expect(waiting).toBeGreaterThan(consumed);
    await second.close();
    const third = reopened(harness, first);
    expect(await third.inbox(0)).toEqual([{ number: waiting, run: "a", message: 2 }]);
    await third.close();
  });
}

/** A watcher whose calls can be awaited one by one. */
function watched(journal: Journal, called: () => void = () => undefined) {
  let wake: (() => void) | undefined;
  const nextCall = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  let call = nextCall();
  const stop = journal.watch(() => {
    called();
    wake?.();
    call = nextCall();
  });
  return { stop, next: () => call };
}
