import { expect, test } from "vitest";
import type { Commit } from "../../../src/domain/commit.ts";
import { limits } from "../../../src/domain/limits.ts";
import { type JournalHarness, needs } from "./harness.ts";
import { begin, commitAfter, positions } from "./sample-commits.ts";

/** What `read` promises: the right commits, in pages, exactly as they were given. */
export function readClaims(harness: JournalHarness): void {
  test("reading after a position gives the commits that end after it, also from the middle of a commit", async () => {
    const journal = harness.open();
    await begin(journal, "a", 3, 1, 2);
    const expected = [[3, 4, 6], [3, 4, 6], [3, 4, 6], [4, 6], [6], [6], [], []];
    const actual = await Promise.all(expected.map((_, after) => journal.read("a", after)));
    expect(actual.map(positions)).toEqual(expected);
    expect(await journal.read("unknown", 0)).toEqual([]);
    await journal.close();
  });

  test("pages are as long as asked for, and by default as long as the limit", async () => {
    const journal = harness.open();
    await begin(journal, "a", ...Array(limits.readCommitsMax + 10).fill(1));
    expect(positions(await journal.read("a", 0, 3))).toEqual([1, 2, 3]);
    expect(positions(await journal.read("a", 3, 2))).toEqual([4, 5]);
    expect(await journal.read("a", 0)).toHaveLength(limits.readCommitsMax);
    expect(await journal.read("a", limits.readCommitsMax)).toHaveLength(10);
    await journal.close();
  });

  test.each([
    ["a NUL character", "before\0after"],
    ["a lone high surrogate", "before\ud800after"],
    ["a lone low surrogate", "\udc00"],
    ["text beyond the basic plane", "😀 und ähnliches 漢字 \u{10ffff}"],
    ["quotes, backslashes and line separators", `"\\'\u2028\u2029\r\n\t\u007f\ufeff`],
    ["a long text", "x".repeat(1_000_000)],
  ])("%s in a payload comes back unchanged", async (_, text) => {
    const journal = harness.open();
    const commit = commitAfter(0, 2, text);
    await journal.append("a", 0, [commit], { summary: { [text]: text } });
    await journal.send("a", { text });
    await journal.saveCheckpoint("a", { position: 2, state: [text] });
    const [read] = await journal.read("a", 0);
    expect(JSON.stringify(read)).toBe(JSON.stringify(commit));
    expect((await journal.entry("a"))?.summary).toEqual({ [text]: text });
    expect((await journal.inbox(0))[0]?.message).toEqual({ text });
    expect((await journal.loadCheckpoint("a"))?.state).toEqual([text]);
    await journal.close();
  });

  test("payloads that an input shares with its events come back in their places", async () => {
    const journal = harness.open();
    const output = { value: { stdout: "done", lines: [1, 2, 3] } };
    const commit: Commit = {
      ...commitAfter(0),
      input: { type: "step.succeed", step: "b", output, attempt: 1 },
      events: [{ output, type: "step.succeeded", step: "b", attempt: 1 }],
    };
    await journal.append("a", 0, [commit]);
    const [read] = await journal.read("a", 0);
    expect(JSON.stringify(read)).toBe(JSON.stringify(commit));
    await journal.close();
  });

  test("a commit of a later version is refused by name", async (context) => {
    needs(context, harness.capabilities.versioned);
    const journal = harness.open();
    await begin(journal, "a", 1);
    await journal.append("a", 1, [{ ...commitAfter(1), schema: 99 }]);
    expect(positions(await journal.read("a", 0, 1))).toEqual([1]);
    await expect(journal.read("a", 1)).rejects.toMatchObject({
      code: "journal.newer",
      details: { run: "a", position: 2, version: 99 },
    });
    await journal.close();
  });
}
