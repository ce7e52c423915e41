import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../../../", import.meta.url));
const folder = `${root}src/adapters/observers/otel/`;

/** Names of attributes and instruments: two lower-case words or more, the first of a known family. */
const family = /(?:runfold|gen_ai|process|error)(?:\.[a-z_]+)+/g;

test("the page of traces names every attribute and instrument of the source, and no other", () => {
  const source = readdirSync(folder).map((file) => readFileSync(folder + file, "utf8"));
  const used = source.flatMap((text) =>
    [...text.matchAll(/["`]([^"`\s]+)["`]/g)].flatMap(([, name]) => name!.match(family) ?? []),
  );
  const page = readFileSync(`${root}docs/telemetry.md`, "utf8");
  const described = [...page.matchAll(/`([^`\s]+)`/g)].flatMap(([, name]) => name!.match(family) ?? []);
  expect(new Set(used).size).toBeGreaterThan(40);
  expect([...new Set(described)].toSorted()).toEqual([...new Set(used)].toSorted());
});
