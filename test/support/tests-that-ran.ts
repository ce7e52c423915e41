import { relative } from "node:path";
import type { CompatibilityRow } from "./compatibility-page.ts";

/** What the JSON reporter of the tests writes, as far as it is read here. */
export interface TestResults {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { readonly title: string; readonly status: string }[];
  }[];
}

/** Rows none of whose instances of a named test has passed, each in a sentence. Empty where the page tells the truth. */
export function rowsNotShown(rows: readonly CompatibilityRow[], results: TestResults, root: string): string[] {
  const files = new Map(results.testResults.map((file) => [relative(root, file.name), file.assertionResults]));
  // A suite that several files share has no results of its own: whichever of them ran it counts.
  const all = [...files.values()].flat();
  return rows.flatMap(({ id, tests }) =>
    tests.flatMap(({ title, path }) => {
      const pattern = titlePattern(title);
      const named = (path.endsWith(".test.ts") ? (files.get(path) ?? []) : all).filter((test) =>
        pattern.test(test.title),
      );
      if (named.some(({ status }) => status === "passed")) return [];
      const how =
        named.length === 0 ? "did not run" : `is ${[...new Set(named.map(({ status }) => status))].join(", ")}`;
      return [`${id}: "${title}" of ${path} ${how}`];
    }),
  );
}

/** Matches the titles that a title with places for values becomes: `%s` of a table, `$name.of.a.field`, and `${code}`. */
function titlePattern(title: string): RegExp {
  const places = /%[sdifjoO#$]|\$\{[^}]*\}|\$\w+(?:\.\w+)*/g;
  const texts = title.split(places).map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return new RegExp(`^${texts.join("[^]*")}$`);
}
