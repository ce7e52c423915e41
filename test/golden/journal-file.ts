import { readFileSync } from "node:fs";
import type { Commit } from "../../src/domain/commit.ts";

/** The lines of a golden, each as it stands there, without its line break. */
export function linesOf(schema: string, name: string): readonly string[] {
  const text = readFileSync(new URL(`${schema}/${name}.ndjson`, import.meta.url), "utf8");
  if (!text.endsWith("\n")) throw new Error(`${schema}/${name}.ndjson does not end with a line break`);
  return text.slice(0, -1).split("\n");
}

export function commitsOf(schema: string, name: string): readonly Commit[] {
  return linesOf(schema, name).map((line) => JSON.parse(line) as Commit);
}
