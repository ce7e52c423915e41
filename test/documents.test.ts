import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { headingsOf } from "./support/architecture/document-rules.ts";
import { sourceFile } from "./support/architecture/source-file.ts";
import { errorCodesOf, eventsOf } from "./support/architecture/vocabulary.ts";

const read = (path: string): string => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), "utf8");
const source = (path: string) => sourceFile(path, read(path));

const events = eventsOf(source("src/domain/events.ts"));
const codes = errorCodesOf(source("src/domain/errors.ts"));
const eventsPage = read("docs/events.md");
const errorsPage = read("docs/errors.md");

/** What is in backticks, and nothing else, in the headings of a level. */
function namesOf(page: string, level: string): string[] {
  const marks = new RegExp(`^${level} \`([^\`]+)\`$`, "gm");
  return [...page.matchAll(marks)].map(([, name]) => name!);
}

/** The part of a page from one heading to the next. */
function sectionOf(page: string, heading: string): string {
  const start = page.indexOf(`\n${heading}\n`) + heading.length + 2;
  const end = page.slice(start).search(/^#{2,3} /m);
  return page.slice(start, end === -1 ? undefined : start + end);
}

describe("the page of events", () => {
  it("has one heading for each event, and no other", () => {
    expect(events.size).toBeGreaterThan(10);
    expect(namesOf(eventsPage, "##").toSorted()).toEqual([...events.keys()].toSorted());
  });

  it.each([...events])("describes every field of %s, and no other", (type, { fields }) => {
    const rows = sectionOf(eventsPage, `## \`${type}\``).matchAll(/^\| `(\w+)`\s*\| (_optional_)?.{3,}\|$/gm);
    const described = new Map([...rows].map(([, field, optional]) => [field, optional !== undefined]));
    expect(described).toEqual(fields);
  });

  it.each([...events])("shows %s as JSON with the fields that it has", (type, { fields }) => {
    const [, json] = /^```json\n([\s\S]*?)^```/m.exec(sectionOf(eventsPage, `## \`${type}\``)) ?? [];
    const example = JSON.parse(json ?? "null") as Record<string, unknown>;
    expect(example["type"]).toBe(type);
    const shown = Object.keys(example).filter((field) => field !== "type");
    expect(shown.filter((field) => !fields.has(field))).toEqual([]);
    const required = [...fields].filter(([, isOptional]) => !isOptional).map(([field]) => field);
    expect(required.filter((field) => !shown.includes(field))).toEqual([]);
  });

  it.each([...events.keys()])("says which views use %s", (type) => {
    expect(sectionOf(eventsPage, `## \`${type}\``)).toMatch(/^Views: \S/m);
  });
});

describe("the page of errors", () => {
  it("has one heading for each code, and no other", () => {
    expect(codes.length).toBeGreaterThan(20);
    expect(namesOf(errorsPage, "###").toSorted()).toEqual(codes.toSorted());
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each(codes)("says of %s what happened, and what to do", (code) => {
    const sentences = sectionOf(errorsPage, `### \`${code}\``)
      .trim()
      .split(/[.;:] /);
    expect(sentences.length).toBeGreaterThanOrEqual(2);
  });

  it("has a heading for every group of codes", () => {
    expect(headingsOf(errorsPage).length).toBeGreaterThan(codes.length);
  });
});
