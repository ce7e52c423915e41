import { readFileSync } from "node:fs";

/** A row of the page about compatibility: a scenario or a defect, what has become of it, and the tests that show it. */
export interface CompatibilityRow {
  readonly id: string;
  readonly kind: string;
  readonly here: string;
  readonly tests: readonly NamedTest[];
}

export interface NamedTest {
  /** As it is written in the file, with its places for values. */
  readonly title: string;
  /** From the root of the repository. */
  readonly path: string;
}

export const compatibilityPage = readFileSync(new URL("../../docs/compatibility.md", import.meta.url), "utf8");

export const compatibilityRows = compatibilityPage.split("\n").flatMap((line): CompatibilityRow[] => {
  const cells = line
    .split(/(?<!\\)\|/)
    .slice(1, -1)
    .map((cell) => cell.trim());
  const [id = "", kind = "", , here = "", shown = ""] = cells;
  if (cells.length !== 5 || !/\d/.test(id)) return [];
  const links = shown.matchAll(/\[((?:[^\]\\]|\\.)+)\]\(\.\.\/([^)\s]+)\)/g);
  return [{ id, kind, here, tests: [...links].map(([, title, path]) => ({ title: plain(title!), path: path! })) }];
});

/** A text of Markdown without the backslashes that keep its characters from meaning something. */
function plain(text: string): string {
  return text.replace(/\\([!-/:-@[-`{-~])/g, "$1");
}
