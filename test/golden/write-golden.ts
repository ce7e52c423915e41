import { mkdirSync, writeFileSync } from "node:fs";
import process from "node:process";
import { commitSchema } from "../../src/domain/commit.ts";
import { upcast } from "../../src/machines/upcast.ts";
import { factsOf } from "./facts.ts";
import { recordings } from "./recordings.ts";

/**
 * Writes the golden journals of the current schema: `node --import tsx test/golden/write-golden.ts`.
 *
 * A golden is what a version has really written, so none is ever overwritten: a recording whose file is there is passed over, and a
 * new scenario gets a new name.
 */
const directory = new URL(`schema-${commitSchema}/`, import.meta.url);
mkdirSync(directory, { recursive: true });

for (const [name, record] of Object.entries(recordings)) {
  const commits = await record();
  const journal = commits.map((commit) => `${JSON.stringify(commit)}\n`).join("");
  const facts = factsOf(commits.map((commit) => upcast(JSON.parse(JSON.stringify(commit)))));
  if (!writeNew(`${name}.ndjson`, journal)) continue;
  writeNew(`${name}.facts.json`, `${JSON.stringify(facts, undefined, 1)}\n`);
  process.stdout.write(`wrote ${name}: ${commits.length} commits, ${Buffer.byteLength(journal)} bytes\n`);
}

/** Whether it was written: a file that exists stays as it is. */
function writeNew(file: string, text: string): boolean {
  try {
    writeFileSync(new URL(file, directory), text, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    process.stdout.write(`kept ${file} as it is\n`);
    return false;
  }
}
