import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { memoryJournal, openRuntime, parseGraph } from "runfold";
import { recordedPage } from "runfold/viewer";
import { builtPage } from "../../../src/viewer/page-files.ts";
import { stubPage } from "../../support/viewer/stub-page.ts";

/** What the page's script holds copies of; each asks that its notice goes with them. */
const bundled = ["@preact/signals", "@preact/signals-core", "@tanstack/virtual-core", "d3-dag", "preact"];

it("ships the licence of each library in the page beside the page", () => {
  const licenses = readFileSync(join(builtPage, "licenses.md"), "utf8");
  const named = [...licenses.matchAll(/^## (\S+) - /gm)].map(([, name]) => name);
  expect(new Set(named)).toEqual(new Set(bundled));
  expect([...licenses.matchAll(/^Copyright \(c\) /gm)]).toHaveLength(bundled.length);
});

it("puts the licences into a page in a file, where no text of theirs ends the comment that they stand in", async () => {
  await using runtime = await openRuntime({ journal: memoryJournal() });
  const parsed = parseGraph({ name: "g", objective: "Be kept.", steps: [{ id: "a", shell: "true" }] });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  const run = await runtime.start(parsed.graph);
  await run.outcome();
  const pageDirectory = stubPage({ "licenses.md": "Copyright (c) Somebody --> --!> <b>" });
  let page = "";
  for await (const line of recordedPage(run, { pageDirectory })) page += line;
  const [, comment] = /<!--([^]*?)--!?>\s*<\/body>/.exec(page) ?? [];
  expect(comment).toContain("Copyright (c) Somebody - -> - -!> <b>");
});
