import { expect, test } from "vitest";
import type { Commit } from "../../../src/domain/commit.ts";
import type { Position } from "../../../src/domain/ids.ts";
import { limits } from "../../../src/domain/limits.ts";
import type { Journal } from "../../../src/ports/journal.ts";
import { type JournalHarness, reopened, needs } from "./harness.ts";
import { begin, commitAfter, positions } from "./sample-commits.ts";

/** What `follow` promises: the past, then the future, and an end in every case that ends it. */
export function followClaims(harness: JournalHarness): void {
  test("following gives what is there and then what comes", async () => {
    const journal = harness.open();
    await begin(journal, "a", 2, 1);
    const follower = followed(journal, "a", 2);
    expect(await next(follower.pages)).toEqual([3]);
    const coming = next(follower.pages);
    await journal.append("a", 3, [commitAfter(3, 2)]);
    expect(await coming).toEqual([5]);
    await follower.stop();
    await journal.close();
  });

  test("a follower that is slow misses nothing and gets pages of bounded length", async () => {
    const journal = harness.open();
    const { pages, stop } = followed(journal, "a", 0);
    const first = next(pages);
    await journal.append("a", 0, [commitAfter(0)]);
    expect(await first).toEqual([1]);
    const count = limits.readCommitsMax * 2;
    await Promise.all(
      Array.from({ length: count }, (_, index) => journal.append("a", index + 1, [commitAfter(index + 1)])),
    );
    expect(await next(pages)).toEqual(Array.from({ length: limits.readCommitsMax }, (_, index) => index + 2));
    expect(await next(pages)).toEqual(
      Array.from({ length: limits.readCommitsMax }, (_, index) => index + 2 + limits.readCommitsMax),
    );
    await stop();
    await journal.close();
  });

  test("a run that does not exist yet is waited for", async () => {
    const journal = harness.open();
    const { pages, stop } = followed(journal, "a", 0);
    const first = next(pages);
    await begin(journal, "b", 1);
    await begin(journal, "a", 4);
    expect(await first).toEqual([4]);
    await stop();
    await journal.close();
  });

  test("following ends when its signal aborts, before, while waiting, and between pages", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    const aborted = journal.follow("a", 0, AbortSignal.abort())[Symbol.asyncIterator]();
    expect(await next(aborted)).toBe("ended");
    const waiting = followed(journal, "a", 1);
    const end = next(waiting.pages);
    waiting.abort();
    expect(await end).toBe("ended");
    const between = followed(journal, "a", 0);
    expect(await next(between.pages)).toEqual([1]);
    between.abort();
    expect(await next(between.pages)).toBe("ended");
    await journal.close();
  });

  test("following ends when the run is deleted, also when it is created again at once", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    const waiting = followed(journal, "a", 1);
    const end = next(waiting.pages);
    await journal.delete("a");
    expect(await end).toBe("ended");

    await begin(journal, "a", 1);
    const second = followed(journal, "a", 0);
    expect(await next(second.pages)).toEqual([1]);
    await journal.delete("a");
    await begin(journal, "a", 1, 1);
    expect(await next(second.pages)).toBe("ended");
    await journal.close();
  });

  test("following a run that was deleted before ends at once", async () => {
    const journal = harness.open();
    await begin(journal, "a", 2);
    await journal.delete("a");
    expect(await next(followed(journal, "a", 1).pages)).toBe("ended");
    await journal.close();
  });

  test("following ends when the journal is closed", async () => {
    const journal = harness.open();
    await begin(journal, "a", 1);
    const followers = [followed(journal, "a", 1), followed(journal, "b", 0)];
    const ends = followers.map(({ pages }) => next(pages));
    await journal.close();
    expect(await Promise.all(ends)).toEqual(["ended", "ended"]);
  });

  test("a thousand followers of as many runs are each woken by their own", async () => {
    const journal = harness.open();
    const runs = Array.from({ length: 1_000 }, (_, index) => `run-${index}`);
    const followers = runs.map((run) => followed(journal, run, 0));
    const firsts = followers.map(({ pages }) => next(pages));
    await Promise.all(runs.map((run, index) => journal.append(run, 0, [commitAfter(0, (index % 7) + 1)])));
    expect(await Promise.all(firsts)).toEqual(runs.map((_, index) => [(index % 7) + 1]));
    await Promise.all(followers.map(({ stop }) => stop()));
    await journal.close();
  });

  test("following sees what another journal appends and deletes", async (context) => {
    needs(context, harness.capabilities.shared);
    const journal = harness.open();
    const other = reopened(harness, journal);
    const { pages } = followed(journal, "a", 0);
    const first = next(pages);
    await begin(other, "a", 1);
    expect(await first).toEqual([1]);
    const second = next(pages);
    await other.append("a", 1, [commitAfter(1)]);
    expect(await second).toEqual([2]);
    const end = next(pages);
    await other.delete("a");
    expect(await end).toBe("ended");
    await Promise.all([journal.close(), other.close()]);
  });
}

type Pages = AsyncIterator<readonly Commit[]>;

interface Followed {
  readonly pages: Pages;
  abort(): void;
  /** Aborts and waits for the end. */
  stop(): Promise<void>;
}

function followed(journal: Journal, run: string, after: Position): Followed {
  const controller = new AbortController();
  const pages = journal.follow(run, after, controller.signal)[Symbol.asyncIterator]();
  return {
    pages,
    abort: () => controller.abort(),
    async stop() {
      controller.abort();
      await pages.next();
    },
  };
}

/** The positions of the next page, or that there is none. */
async function next(pages: Pages): Promise<Position[] | "ended"> {
  const result = await pages.next();
  return result.done === true ? "ended" : positions(result.value);
}
