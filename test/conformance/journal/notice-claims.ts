import { expect, test } from "vitest";
import type { NoticeMark } from "../../../src/domain/notice.ts";
import { type JournalHarness, needs, reopened } from "./harness.ts";
import { begin, commitAfter } from "./sample-commits.ts";

function mark(
  subscriber: string,
  notice: number,
  state: NoticeMark["state"],
  rest: Partial<NoticeMark> = {},
): NoticeMark {
  return { subscriber, notice, state, attempts: 1, at: 1_700_000_000_000, ...rest };
}

/** What the journal promises about who has been told of a run's notices. */
export function noticeClaims(harness: JournalHarness): void {
  test("subscribers are noted with the append that names them, once, in the order of runs and names", async () => {
    const journal = harness.open();
    await journal.append("b", 0, [commitAfter(0)], { life: "one", subscribers: ["web", "log"] });
    await journal.append("b", 1, [commitAfter(1)], { life: "one", subscribers: ["web"] });
    await journal.append("a", 0, [commitAfter(0)], { subscribers: ["web"] });
    await begin(journal, "c", 1);
    const open = { notice: 0, state: "open", attempts: 0, at: 0 };
    const marks = [
      { run: "b", life: "one", subscriber: "log", ...open },
      { run: "b", life: "one", subscriber: "web", ...open },
      { run: "a", subscriber: "web", ...open },
    ];
    expect(await journal.noticeMarks({})).toEqual(marks);
    expect(await journal.noticeMarks({ run: "b" })).toEqual(marks.slice(0, 2));
    expect(await journal.noticeMarks({ subscriber: "web" })).toEqual(marks.slice(1));
    expect(await journal.noticeMarks({ run: "a", subscriber: "log" })).toEqual([]);
    expect(await journal.noticeMarks({ run: "never there" })).toEqual([]);
    expect(await journal.noticeMarks({ limit: 2 })).toEqual(marks.slice(0, 2));
    await journal.close();
  });

  test("an append that is refused notes nobody", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    const append = journal.append("a", 5, [commitAfter(5)], { subscribers: ["web"] });
    await expect(append).rejects.toMatchObject({ code: "journal.conflict" });
    await journal.append("a", 1, [], { subscribers: ["web"] });
    expect(await journal.noticeMarks({})).toEqual([]);
    await journal.close();
  });

  test("a mark replaces the one before, and is found by its state", async () => {
    const journal = harness.open();
    await journal.append("a", 0, [commitAfter(0)], { life: "one", subscribers: ["web"] });
    await journal.markNotice("a", mark("web", 2, "undelivered", { attempts: 8, reason: "It said 400: \ud83d\ude00." }));
    await journal.markNotice("a", mark("web", 1, "delivered"), "one");
    await journal.markNotice("a", mark("web", 0, "closed"));
    const found = await journal.noticeMarks({ run: "a" });
    expect(found.map(({ notice, state }) => [notice, state])).toEqual([
      [0, "closed"],
      [1, "delivered"],
      [2, "undelivered"],
    ]);
    expect(await journal.noticeMarks({ subscriber: "web", state: "open" })).toEqual([]);
    const undelivered = {
      run: "a",
      life: "one",
      ...mark("web", 2, "undelivered", { attempts: 8, reason: "It said 400: \ud83d\ude00." }),
    };
    expect(await journal.noticeMarks({ subscriber: "web", state: "undelivered" })).toEqual([undelivered]);
    await journal.markNotice("a", mark("web", 2, "delivered", { attempts: 9 }));
    expect(await journal.noticeMarks({ state: "undelivered" })).toEqual([]);
    // It does not begin again because the run has got another owner.
    await journal.append("a", 1, [commitAfter(1)], { subscribers: ["web"] });
    expect((await journal.noticeMarks({ run: "a" }))[0]).toMatchObject({ notice: 0, state: "closed" });
    await journal.close();
  });

  test("marks of a run that is not there, or has another life, are dropped", async () => {
    const journal = harness.open();
    await journal.append("a", 0, [commitAfter(0)], { life: "one" });
    await journal.markNotice("a", mark("web", 1, "delivered"), "two");
    await journal.markNotice("b", mark("web", 1, "delivered"));
    expect(await journal.noticeMarks({})).toEqual([]);
    await journal.close();
  });

  test("marks are deleted with their run, and are none of a later run of the same id", async () => {
    const journal = harness.open();
    await journal.append("a", 0, [commitAfter(0)], { life: "one", subscribers: ["web"] });
    await journal.append("b", 0, [commitAfter(0)], { life: "one", subscribers: ["web"] });
    await journal.delete("a");
    await journal.append("a", 0, [commitAfter(0)], { life: "two" });
    expect((await journal.noticeMarks({})).map(({ run }) => run)).toEqual(["b"]);
    await journal.close();
  });

  test("a fork has no marks of its past", async () => {
    const journal = harness.open();
    await journal.append("a", 0, [commitAfter(0)], { life: "one", subscribers: ["web"] });
    await journal.append("f", 1, [commitAfter(1)], {
      life: "two",
      past: { run: "a", through: 1 },
      subscribers: ["log"],
    });
    expect((await journal.noticeMarks({ run: "f" })).map(({ subscriber }) => subscriber)).toEqual(["log"]);
    await journal.close();
  });

  test("marks survive the journal's closing", async (context) => {
    needs(context, harness.capabilities.persistent);
    const journal = harness.open();
    await journal.append("a", 0, [commitAfter(0)], { subscribers: ["web"] });
    await journal.markNotice("a", mark("web", 1, "delivered"));
    await journal.close();
    const again = reopened(harness, journal);
    expect((await again.noticeMarks({})).map(({ state }) => state)).toEqual(["open", "delivered"]);
    await again.close();
  });
}
