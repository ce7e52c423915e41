import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compatibilityPage as page, compatibilityRows } from "./support/compatibility-page.ts";
import { sourceFile } from "./support/architecture/source-file.ts";
import { testTitles } from "./support/architecture/test-titles.ts";
import { rowsNotShown } from "./support/tests-that-ran.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const rows = compatibilityRows;
const titles = new Map<string, readonly string[]>();

function titlesOf(path: string): readonly string[] {
  const known = titles.get(path);
  if (known !== undefined) return known;
  const file = join(root, path);
  const found = existsSync(file) ? testTitles(sourceFile(path, readFileSync(file, "utf8"))) : [];
  titles.set(path, found);
  return found;
}

const scenarios = Array.from({ length: 140 }, (_, index) => String(1 + index));
const costs = [7, 8, 9, 10, 15, 16, ...range(23, 32), 35, 36, 38, ...range(41, 48), 54, 55, 57, 65].map((n) => `W${n}`);
const measured = ["06", "08b", "08c", "08d", "08e", "09a", "09b", "11b", "11c", "12", "13", "15"];

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

describe("the page about compatibility", () => {
  it("has one row for each scenario and defect, in order", () => {
    expect(rows.map(({ id }) => id)).toEqual([...scenarios, ...costs, ...measured]);
  });

  it("names of what sort each scenario is", () => {
    const isKnown = /^(?:[TVD]|[TVD], CHANGE)$/;
    for (const { id, kind } of rows.slice(0, scenarios.length)) expect(kind, id).toMatch(isKnown);
  });

  it.each(rows.map((row) => [row.id, row] as const))(
    "has a test for %s, or says why not",
    (_id, { kind, here, tests }) => {
      const first = kind.includes("CHANGE") ? "Changed" : "Same|Changed|Gone|Open";
      expect(here).toMatch(new RegExp(`^(?:${first})\\b`));
      expect(tests.length > 0 || /^Open\b/.test(here)).toBe(true);
    },
  );

  it.each(rows.map((row) => [row.id, row] as const))("names only tests that are there for %s", (_id, { tests }) => {
    for (const { title, path } of tests) expect(titlesOf(path), path).toContain(title);
  });

  it("has no link in its tables that is not one to a test", () => {
    const all = rows.flatMap(({ tests }) => tests).length;
    const links =
      page
        .split("\n")
        .filter((line) => line.startsWith("|"))
        .join("\n")
        .match(/\]\(/g) ?? [];
    expect(links).toHaveLength(all);
  });
});

describe("the titles of tests", () => {
  it("are read as they are written, whatever stands before them", () => {
    const text = [
      'it("one", () => {});',
      "test.runIf(isHere(1))('two', async () => {});",
      'it.each<[string, (n: number) => void]>([["x", (n) => f(n)]])("three: %s", () => {});',
      "for (const how of all) it(`four ${how} five ${more}`, () => {});",
      'it.each([\n  "no title",\n])(\n  "six \\"seven\\"",\n  () => {},\n);',
      'described("no title"); x.it("no title", f); it(named, f); // it("no title", f)',
    ].join("\n");
    expect(testTitles(sourceFile("x.ts", text))).toEqual([
      "one",
      "two",
      "three: %s",
      "four ${how} five ${more}",
      'six "seven"',
    ]);
  });
});

describe("tests that the page names", () => {
  const tests = [{ title: "takes %s, $pi.version and ${why} (a|b)", path: "test/a.test.ts" }];
  const shown = (title: string, status: string, name = "/root/test/a.test.ts") =>
    rowsNotShown(
      [{ id: "7", kind: "T", here: "Same.", tests }],
      { testResults: [{ name, assertionResults: [{ title, status }] }] },
      "/root/",
    );

  it("have run where one with values in its places has passed, in that file", () => {
    expect(shown("takes x, 0.74.2 and nothing\n (a|b)", "passed")).toEqual([]);
    expect(shown("takes x, 0.74.2 and nothing (a|b)", "skipped")).toEqual([expect.stringContaining("is skipped")]);
    expect(shown("takes x, 0.74.2 and nothing (a", "passed")).toEqual([expect.stringContaining("did not run")]);
    expect(shown("takes x, 0.74.2 and nothing (a|b)", "passed", "/root/test/b.test.ts")).toHaveLength(1);
  });
});
