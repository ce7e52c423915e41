import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { commandLine } from "../support/built-command.ts";

const built = join(dirname(commandLine[1]!), "..");

/** What a module loads at once: in a built file no import of a type alone is left. */
function loadedBy(entry: string): readonly string[] {
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    const text = readFileSync(file, "utf8");
    for (const [, path] of text.matchAll(/^(?:import|export|\}) ?.*?"(\.[^"]+)";$/gm)) load(join(dirname(file), path!));
  };
  load(join(built, entry));
  return [...loaded].map((file) => relative(built, file)).toSorted();
}

test("the package loads the agents with the first graph that has some, not before", () => {
  const loaded = loadedBy("index.js");
  expect(loaded).toContain("adapters/executors/command/command-executor.js");
  expect(loaded.filter((file) => /^adapters\/executors\/(?:agents|pi|acp)\//.test(file))).toEqual([]);
  expect(loadedBy("built-in-agents.js")).toContain("adapters/executors/pi/pi-program.js");
});

test("nothing of the traces is loaded but by who asks for them", () => {
  const traces = /^adapters\/observers\/otel\//;
  for (const entry of ["index.js", "sqlite.js", "agents.js", "mcp.js", "tool.js", "testing.js", "cli/main.js"]) {
    expect(loadedBy(entry).filter((file) => traces.test(file))).toEqual([]);
  }
  expect(loadedBy("otel.js").filter((file) => traces.test(file))).toContain("adapters/observers/otel/run-trace.js");
});
