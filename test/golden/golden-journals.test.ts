import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { commitSchema } from "../../src/domain/commit.ts";
import type { Json } from "../../src/domain/json.ts";
import { upcast } from "../../src/machines/upcast.ts";
import { verify } from "../../src/projections/verify.ts";
import { factsOf, lostFacts } from "./facts.ts";
import { commitsOf, linesOf } from "./journal-file.ts";
import { vocabularyOf } from "./vocabularies.ts";

const here = new URL(".", import.meta.url);
const schemas = readdirSync(here)
  .filter((entry) => /^schema-\d+$/.test(entry))
  .toSorted();
const namesOf = (schema: string, suffix: string): readonly string[] =>
  readdirSync(new URL(`${schema}/`, here))
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .toSorted();

const factsFile = (schema: string, name: string): Json =>
  JSON.parse(readFileSync(new URL(`${schema}/${name}.facts.json`, here), "utf8")) as Json;

it("keeps goldens of every schema, from the first to the current one", () => {
  const all = Array.from({ length: commitSchema }, (_none, index) => `schema-${index + 1}`);
  expect(schemas).toEqual(all.toSorted());
});

describe.each(schemas)("the journals of %s", (schema) => {
  const number = Number(schema.slice("schema-".length));
  const names = namesOf(schema, ".ndjson");

  it("stand there with what was folded from them, one by one", () => {
    expect(names.length).toBeGreaterThan(5);
    expect(namesOf(schema, ".facts.json")).toEqual(names);
  });

  it.each(names)("%s is the same text after a way through JSON, line by line", (name) => {
    const lines = linesOf(schema, name);
    expect(lines.map((line) => JSON.stringify(JSON.parse(line)))).toEqual(lines);
  });

  it.each(names)("%s was written by that version, after commits of none that is newer", (name) => {
    const written = commitsOf(schema, name).map((commit) => commit.schema);
    expect(written.at(-1)).toBe(number);
    expect(written).toEqual(written.toSorted((left, right) => left - right));
  });

  it.each(names)("%s still tells every fact that its own version told", (name) => {
    const lifted = commitsOf(schema, name).map(upcast);
    expect(lostFacts(factsFile(schema, name), factsOf(lifted))).toEqual([]);
  });

  it.each(names)("%s is decided again as it was decided", (name) => {
    const commits = commitsOf(schema, name);
    const { position } = commits.at(-1)!;
    expect(verify(commits)).toEqual({ ok: true, commits: commits.length, position });
  });

  it("say every event and take every input that this schema has", () => {
    const all = names.flatMap((name) => commitsOf(schema, name));
    const commits = all.filter((commit) => commit.schema === number);
    const { events, inputs } = vocabularyOf(number);
    const said = new Set(commits.flatMap((commit) => commit.events.map(({ type }) => type)));
    expect([...said].toSorted()).toEqual([...events].toSorted());
    expect([...new Set(commits.map(({ input }) => input.type))].toSorted()).toEqual([...inputs].toSorted());
  });
});

describe("facts that are lost", () => {
  const before = { status: "failed", steps: [{ id: "a", attempt: 1 }, { id: "b" }], none: null, empty: [] };

  it("are none where something came in addition", () => {
    const [first, second] = before.steps;
    const after = { ...before, epoch: 1, steps: [{ ...first, worked: 0 }, second] as Json };
    expect(lostFacts(before, after)).toEqual([]);
  });

  it.each<[string, Json, string]>([
    ["changed", { ...before, status: "mixed" }, '/status: "failed" became "mixed"'],
    ["missing", { ...before, steps: [{ id: "a" }, { id: "b" }] }, "/steps/0/attempt: 1 became nothing"],
    ["of another type", { ...before, none: {} }, "/none: null became {}"],
    ["in a longer list", { ...before, empty: [1] }, "/empty: 0 entries became 1"],
    ["in a shorter list", { ...before, steps: [{ id: "a", attempt: 1 }] }, "/steps: 2 entries became 1"],
    [
      "in an object that was a list",
      { ...before, empty: {} },
      "/empty: a list became an object, or the other way round",
    ],
  ])("are named when they are %s", (_how, after, lost) => {
    expect(lostFacts(before, after)).toEqual([lost]);
  });

  it("are found when a name of the prototype stands for one that is gone", () => {
    expect(lostFacts({ constructor: 1 }, {})).toEqual(["/constructor: 1 became nothing"]);
  });
});
