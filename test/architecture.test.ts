import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { linkViolations } from "./support/architecture/document-rules.ts";
import { exceptions } from "./support/architecture/exceptions.ts";
import { cycleViolations, importViolations } from "./support/architecture/import-rules.ts";
import { filesBelow, sourceFile } from "./support/architecture/source-file.ts";
import { testViolations } from "./support/architecture/test-rules.ts";
import { sourceViolations, wordViolations } from "./support/architecture/text-rules.ts";
import { unusedErrorCodes } from "./support/architecture/vocabulary.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = filesBelow(root, "src");
const tests = filesBelow(root, "test").filter(({ path }) => !path.startsWith("test/golden/"));
const readme = existsSync(join(root, "README.md"))
  ? [sourceFile("README.md", readFileSync(join(root, "README.md"), "utf8"))]
  : [];
const pages = [...readme, ...filesBelow(root, "docs").filter(({ path }) => path.endsWith(".md"))];
const errors = source.find(({ path }) => path === "src/domain/errors.ts");

const excused = new Set<string>();

/** What is left of the violations when those with a known reason are taken away. */
function unexcused(violations: readonly string[]): string[] {
  return violations.filter((violation) => {
    const known = Object.keys(exceptions).find((part) => violation.includes(part));
    if (known !== undefined) excused.add(known);
    return known === undefined;
  });
}

describe("the architecture", () => {
  it("is looked at as a whole: every folder of the layout has files", () => {
    const folders = new Set(source.map(({ path }) => path.split("/")[1]));
    expect([...folders]).toEqual(
      expect.arrayContaining(["domain", "machines", "ports", "actors", "projections", "adapters"]),
    );
    expect(source.length).toBeGreaterThan(100);
    expect(tests.length).toBeGreaterThan(20);
  });

  it("has each folder import only what the law allows", () => {
    expect(unexcused(importViolations(source))).toEqual([]);
  });

  it("has no files that import each other in a ring", () => {
    expect(unexcused(cycleViolations(source))).toEqual([]);
  });

  it("keeps the clock, chance and the environment out of pure folders, and timers out of actors", () => {
    expect(unexcused(wordViolations(source))).toEqual([]);
  });

  it("has short files with telling names, named exports and nothing left to do", () => {
    expect(unexcused(sourceViolations(source))).toEqual([]);
  });

  it("has tests that all run, that expect something, and that never wait on real time", () => {
    expect(unexcused(testViolations(tests))).toEqual([]);
  });

  it("has documents whose links lead somewhere", () => {
    expect(linkViolations(root, pages)).toEqual([]);
  });

  it("has no error code that is never thrown", () => {
    const unused = unusedErrorCodes(source, errors!);
    expect(unexcused(unused.map((code) => `${code} is never thrown: throw it, or take it out of ErrorCode`))).toEqual(
      [],
    );
  });

  it("has no exception that excuses nothing any more", () => {
    expect(Object.keys(exceptions).filter((part) => !excused.has(part))).toEqual([]);
  });
});
