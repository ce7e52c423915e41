import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { linkViolations } from "./support/architecture/document-rules.ts";
import { cycleViolations, importViolations } from "./support/architecture/import-rules.ts";
import { sourceFile } from "./support/architecture/source-file.ts";
import { takeApart } from "./support/architecture/source-text.ts";
import { testViolations } from "./support/architecture/test-rules.ts";
import { sourceViolations, wordViolations } from "./support/architecture/text-rules.ts";
import { unusedErrorCodes } from "./support/architecture/vocabulary.ts";

/** A small project that obeys every rule; each seed adds one file that breaks one. */
const good = {
  "src/domain/ids.ts": "export type Id = string;\n",
  "src/machines/decide.ts": 'import type { Id } from "../domain/ids.ts";\nexport const decide = (id: Id): Id => id;\n',
  "src/actors/run.ts":
    'import { decide } from "../machines/decide.ts";\nexport const run = (): string => decide("a");\n',
  "src/adapters/journals/memory.ts": 'import type { Id } from "../../domain/ids.ts";\nexport const kept: Id[] = [];\n',
  "src/adapters/executors/task.ts": "export const task = 1;\n",
  "src/adapters/executors/command/run.ts": "export const command = 1;\n",
  "src/index.ts": 'export { run } from "./actors/run.ts";\n',
};

function violations(extra: Readonly<Record<string, string>>): string[] {
  const files = Object.entries({ ...good, ...extra }).map(([path, text]) => sourceFile(path, text));
  return [...importViolations(files), ...cycleViolations(files), ...wordViolations(files), ...sourceViolations(files)];
}

const seeds: readonly (readonly [string, string, string, string])[] = [
  [
    "an import of a folder above",
    "src/domain/x.ts",
    'import { run } from "../actors/run.ts";\nexport { run };',
    "(domain) imports src/actors",
  ],
  [
    "an import of types alone of a folder above",
    "src/machines/x.ts",
    'import type { run } from "../actors/run.ts";\nexport type X = run;',
    "(machines) imports src/actors",
  ],
  [
    "a type that is imported where it is used",
    "src/machines/x.ts",
    'export type X = import("../actors/run.ts").X;',
    "(machines) imports src/actors",
  ],
  [
    "a re-export of a folder above",
    "src/domain/x.ts",
    'export { run } from "../actors/run.ts";',
    "(domain) imports src/actors",
  ],
  [
    "a re-export in several lines",
    "src/domain/x.ts",
    'export {\n  run,\n} from "../actors/run.ts";',
    "(domain) imports src/actors",
  ],
  ["an import for its effects", "src/domain/x.ts", 'import "../actors/run.ts";', "(domain) imports src/actors"],
  [
    "a dynamic import",
    "src/actors/x.ts",
    'export const x = () => import("../adapters/journals/memory.ts");',
    "(actors) imports src/adapters",
  ],
  [
    "a dynamic import of a template",
    "src/actors/x.ts",
    "export const x = (name: string) => import(`./${name}.ts`);",
    "as a plain string",
  ],
  ["a require", "src/adapters/journals/x.ts", 'export const x = require("../../actors/run.ts");', "imports src/actors"],
  [
    "an import after a text that looks like a comment",
    "src/domain/x.ts",
    'export const u = "http://x"; import { run } from "../actors/run.ts";',
    "imports src/actors",
  ],
  [
    "an adapter that imports another one",
    "src/adapters/artifacts/x.ts",
    'import { kept } from "../journals/memory.ts";\nexport { kept };',
    "imports src/adapters/journals",
  ],
  [
    "an executor that imports another one",
    "src/adapters/executors/x.ts",
    'import { command } from "./command/run.ts";\nexport { command };',
    "imports src/adapters/executors/command",
  ],
  [
    "a command that imports the tasks' executor",
    "src/adapters/executors/command/x.ts",
    'import { task } from "../task.ts";\nexport { task };',
    "imports src/adapters/executors/task",
  ],
  [
    "an adapter that imports an actor",
    "src/adapters/journals/x.ts",
    'import { run } from "../../actors/run.ts";\nexport { run };',
    "imports src/actors",
  ],
  [
    "a command line that reaches behind the entry points",
    "src/cli/x.ts",
    'import { run } from "../actors/run.ts";\nexport { run };',
    "(cli) imports src/actors",
  ],
  ["a folder without a room", "src/things/x.ts", "export const x = 1;", "does not know"],
  ["a kind of adapter without a room", "src/adapters/things/x.ts", "export const x = 1;", "does not know"],
  ["an import of no file", "src/domain/x.ts", 'import { a } from "./missing.ts";\nexport { a };', "no source file"],
  ["an import without its ending", "src/domain/x.ts", 'import { a } from "./ids";\nexport { a };', "no source file"],
  ["a package in the domain", "src/domain/x.ts", 'import * as v from "valibot";\nexport { v };', "the package valibot"],
  [
    "a package that belongs into another folder",
    "src/actors/x.ts",
    'import { setup } from "xstate";\nexport { setup };',
    "the package xstate",
  ],
  [
    "a module of Node in an actor",
    "src/actors/x.ts",
    'import { join } from "node:path";\nexport { join };',
    "the package node:path",
  ],
  [
    "a module of Node as a type",
    "src/projections/x.ts",
    'import type { Stats } from "node:fs";\nexport type X = Stats;',
    "the package node:fs",
  ],
  [
    "a module of Node without its prefix",
    "src/adapters/journals/x.ts",
    'import { join } from "path";\nexport { join };',
    "the package path",
  ],
  [
    "two files that import each other",
    "src/domain/ids.ts",
    'import type { X } from "../domain/ids.ts";\nexport type Id = X;',
    "in a ring",
  ],
  ["the time of now", "src/machines/x.ts", "export const x = () => Date.now();", "uses Date"],
  ["the time of now, taken apart", "src/machines/x.ts", "const { now } = Date;\nexport { now };", "uses Date"],
  ["the time of now, by a text", "src/machines/x.ts", 'export const x = () => Date["now"]();', "uses Date"],
  ["a new date", "src/actors/x.ts", "export const x = new Date;", "uses Date"],
  [
    "the time of now in a hole of a template",
    "src/domain/x.ts",
    "export const x = () => `at ${Date.now()}`;",
    "uses Date",
  ],
  [
    "the time of now in a template in a template",
    "src/domain/x.ts",
    "export const x = () => `a ${`b ${{ c: Date.now() }.c}`} d`;",
    "uses Date",
  ],
  [
    "the time of now after a regular expression with a quote",
    "src/domain/x.ts",
    "export const q = /[\"'`/]/;\nexport const x = () => Date.now();",
    "uses Date",
  ],
  ["chance", "src/actors/x.ts", "export const x = () => Math.random();", "uses Math"],
  ["chance by a text", "src/machines/x.ts", 'export const x = () => Math["random"]();', "uses Math"],
  ["chance, taken apart", "src/machines/x.ts", "const { random } = Math;\nexport { random };", "uses Math"],
  [
    "chance behind the global object",
    "src/machines/x.ts",
    "export const x = () => globalThis.Math;",
    "uses globalThis",
  ],
  ["a random id", "src/actors/x.ts", "export const x = () => crypto.randomUUID();", "uses crypto"],
  ["the environment", "src/domain/x.ts", 'export const x = process.env["HOME"];', "uses process"],
  ["a timer in an actor", "src/actors/x.ts", "export const x = () => setTimeout(() => {}, 1);", "uses setTimeout"],
  ["a promise in a machine", "src/machines/x.ts", "export const x = async () => 1;", "uses async"],
  [
    "a microtask in a projection",
    "src/projections/x.ts",
    "export const x = () => queueMicrotask(() => {});",
    "uses queueMicrotask",
  ],
  [
    "a dynamic import in a pure folder",
    "src/domain/x.ts",
    'export const x = () => import("./ids.ts");',
    "uses import(",
  ],
  [
    "the language of the machine",
    "src/projections/x.ts",
    "export const x = (n: number) => n.toLocaleString();",
    "uses toLocaleString",
  ],
  ["an export of everything", "src/machines/x.ts", 'export * from "../domain/ids.ts";', "exports everything"],
  [
    "an export of everything under a name",
    "src/machines/x.ts",
    'export * as ids from "../domain/ids.ts";',
    "exports everything",
  ],
  ["a default export", "src/domain/x.ts", "export default 1;", "default export"],
  ["an index below the entry points", "src/domain/index.ts", "export const x = 1;", "after what is in it"],
  ["a name that says nothing", "src/domain/string-utils.ts", "export const x = 1;", "says nothing"],
  ["a name in another case", "src/domain/stepId.ts", "export const x = 1;", "kebab-case"],
  ["a file that is too long", "src/domain/x.ts", "export {};\n".repeat(301), "more than 300"],
  ["something left to do", "src/domain/x.ts", "// TODO: later\nexport const x = 1;", "has a TODO"],
  ["a word on the console", "src/actors/x.ts", 'export const x = () => console.log("x");', "console"],
  ["a left-over of a build", "src/domain/ids.js", "export const x = 1;", "left-over"],
];

describe("the rules of the architecture", () => {
  it("find nothing in a project that obeys them", () => {
    expect(violations({})).toEqual([]);
  });

  it.each(seeds)("find %s", (_kind, path, text, part) => {
    expect(violations({ [path]: text })).toEqual(expect.arrayContaining([expect.stringContaining(part)]));
  });

  it.each([
    ["a banned word in a text", 'export const x = "Date.now() and process";'],
    ["a banned word in a comment", "/* Date.now() */\n// Math.random() and process\nexport const x = 1;"],
    ["a banned word in a template", "export const x = `Date.now() \\` ${1} process`;"],
    ["a banned word as a part of another", "export const processStart = 1;\nexport const updateDated = 2;"],
    ["a division that is no regular expression", "export const x = (a: number, b: number) => (a / b) / 2; // Date"],
    ["arithmetic that is not chance", "export const x = Math.max(1, 2);"],
  ])("let pass %s", (_kind, text) => {
    expect(violations({ "src/domain/x.ts": `${text}\n` })).toEqual([]);
  });

  it("keep texts, comments and code apart", () => {
    const { code, strings, comments } = takeApart("const a = 'x\\'y'; // why\nconst b = `1${a}2`;");
    expect(code).toBe('const a = "0"; \nconst b = "1"+(a)"2";');
    expect(strings).toEqual(["x\\'y", "1", "2"]);
    expect(comments).toBe("// why");
  });

  it.each([
    ["a test that runs alone", 'it.only("x", () => expect(1).toBe(1));', "only some"],
    ["a test that is skipped", 'it.skip("x", () => expect(1).toBe(1));', "without a reason"],
    [
      "a test that skips itself and does not say why",
      'it("x", (test) => { test.skip(); expect(1).toBe(1); });',
      "without a reason",
    ],
    ["a test that sleeps", "await new Promise((done) => setTimeout(done, 5)); expect(1).toBe(1);", "real time"],
    [
      "a test that sleeps by a module",
      'import { setTimeout as s } from "node:timers/promises"; expect(await s(1)).toBe(1);',
      "real time",
    ],
    ["a test that expects nothing", 'it("x", () => {});', "no assertion"],
  ])("find %s", (_kind, text, part) => {
    expect(testViolations([sourceFile("test/unit/x.test.ts", text)])).toEqual([expect.stringContaining(part)]);
  });

  it("let a test leave its expectations to a suite", () => {
    const suite = sourceFile("test/conformance/suite.ts", "export const suite = () => expect(1).toBe(1);");
    const test = sourceFile("test/conformance/x.test.ts", 'import { suite } from "./suite.ts";\nsuite();');
    expect(testViolations([suite, test])).toEqual([]);
    expect(testViolations([test])).toHaveLength(1);
  });

  it("find links that lead to no file and to no heading", () => {
    const root = mkdtempSync(join(tmpdir(), "links-"));
    try {
      const text =
        "# A page\n[a](page.md) [b](gone.md) [c](#a-page) [d](#gone) [e](https://x.test) [f](page.md#a-page) [g](../../x)\n";
      writeFileSync(join(root, "page.md"), text);
      const found = linkViolations(root, [sourceFile("page.md", text)]).map(
        (line) => /links to (\S+?),/.exec(line)?.[1],
      );
      expect(found).toEqual(["gone.md", "#gone", "../../x"]);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  it("find error codes that nothing throws", () => {
    const errors = sourceFile(
      "src/domain/errors.ts",
      'export type ErrorCode =\n  | "a.used"\n  | "b.unused"\n  | "c.own";\nthrow "c.own";',
    );
    const user = sourceFile("src/actors/x.ts", 'export const code = "a.used";');
    expect(unusedErrorCodes([errors, user], errors)).toEqual(["b.unused"]);
  });
});
