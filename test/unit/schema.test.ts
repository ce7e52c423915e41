import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parseGraph, parseGraphText } from "../../src/adapters/graphs/parse-graph.ts";
import { graphJsonSchemaText } from "../support/graph-json-schema.ts";
import { accepts } from "../support/json-schema-validator.ts";

const file = readFileSync(new URL("../../schema/graph.schema.json", import.meta.url), "utf8");
const schema = JSON.parse(file) as Record<string, unknown>;
const stepWith = (fields: object): object => ({
  name: "a",
  objective: "b",
  steps: [{ id: "a", command: ["x"], ...fields }],
});
const workOf = (work: object): object => ({ name: "a", objective: "b", steps: [{ id: "a", ...work }] });

describe("the published JSON Schema", () => {
  it("is the one that the parser's schema gives; write it anew with test/support/write-graph-schema.ts", () => {
    expect(JSON.stringify(schema, undefined, 2)).toBe(graphJsonSchemaText().trimEnd());
  });

  it("has words for every field, so that an editor can show them", () => {
    const wordless: string[] = [];
    const visit = (node: unknown, path: string): void => {
      if (typeof node !== "object" || node === null) return;
      const { title, description, properties = {} } = node as Record<string, object | string>;
      if ("type" in node && (!title || !description) && !path.endsWith("propertyNames")) wordless.push(path);
      for (const [key, inner] of Object.entries(properties)) visit(inner, `${path}/${key}`);
      for (const key of ["items", "additionalProperties", "propertyNames"]) {
        visit((node as Record<string, unknown>)[key], `${path}/${key}`);
      }
    };
    visit(schema, "");
    expect(wordless).toEqual([]);
  });

  it.each(["repo-audit", "release-check", "review-team"])("accepts the example %s, as the parser does", (name) => {
    const text = readFileSync(new URL(`../../examples/graphs/${name}.json`, import.meta.url), "utf8");
    const json = JSON.parse(text) as unknown;
    expect(accepts(schema, json)).toBe(true);
    expect(parseGraph(json).diagnostics).toEqual([]);
  });

  it("accepts every complete graph of the page about the format, as the parser does", () => {
    const page = readFileSync(new URL("../../docs/graph-format.md", import.meta.url), "utf8");
    const blocks = [...page.matchAll(/^```json graph\n(.*?)^```/gms)].map(([, text = ""]) => text);
    expect(blocks.length).toBeGreaterThan(0);
    for (const text of blocks) {
      expect(parseGraphText(text).diagnostics).toEqual([]);
      expect(accepts(schema, JSON.parse(text))).toBe(true);
    }
  });

  it.each<[string, unknown]>([
    ["a minimal graph", stepWith({})],
    ["a path to the schema", { ...stepWith({}), $schema: "./graph.schema.json" }],
    [
      "every field of a step",
      stepWith({
        needs: [],
        after: [],
        cwd: "a",
        env: { A: "" },
        timeoutSeconds: 0.001,
        retry: { attempts: 1 },
        onInterrupted: "fail",
      }),
    ],
    ["a shell line", workOf({ shell: " \n ls" })],
    ["a task", workOf({ task: "t" })],
    ["an agent", workOf({ agent: { kind: "pi", task: "x", system: "y", tools: ["read"] } })],
    ["an agent by reference", workOf({ agent: { kind: "pi", task: "x", ref: "package:a" } })],
    ["an agent that nobody describes", workOf({ agent: { kind: "pi", task: "x" } })],
    ["an agent with a prompt of its own", workOf({ agent: { kind: "codex", task: "x" } })],
    [
      "an agent that is described twice",
      workOf({ agent: { kind: "codex", task: "x", system: "y", ref: "package:a" } }),
    ],
    ["a bad reference", workOf({ agent: { kind: "pi", task: "x", ref: "a" } })],
    ["an agent over a protocol", workOf({ agent: { kind: "acp", task: "x", command: ["a"] } })],
    ["an agent over a protocol without a program", workOf({ agent: { kind: "acp", task: "x" } })],
    ["a blank program of an agent", workOf({ agent: { kind: "acp", task: "x", command: [""] } })],
    ["a scope of changes", workOf({ agent: { kind: "codex", task: "x", mutationScope: "Only src/a" } })],
    ["a scope that says nothing", workOf({ agent: { kind: "codex", task: "x", mutationScope: "src" } })],
    ["a parser of a command", stepWith({ parser: "claude" })],
    ["a parser of a script", workOf({ shell: "x", parser: "pi-json" })],
    ["a parser of a task", workOf({ task: "x", parser: "claude" })],
    ["a bad name of a parser", stepWith({ parser: "A" })],
    ["authority", { ...stepWith({}), authority: { allowFilesystemRead: true, allowShellTools: false } }],
    ["authority that is a text", { ...stepWith({}), authority: { allowFilesystemRead: "true" } }],
    ["unknown authority", { ...stepWith({}), authority: { allowAll: true } }],
    ["a library", { ...stepWith({}), library: { sources: ["package", "user"] } }],
    ["a library without sources", { ...stepWith({}), library: { sources: [] } }],
    ["a library on the web", { ...stepWith({}), library: { sources: ["web"] } }],
    ["limits and notices", { ...stepWith({}), limits: { concurrency: 1 }, notify: { maxNotices: 0 } }],
    ["no graph", 5],
    ["a list", []],
    ["no name", { objective: "b", steps: [{ id: "a", task: "t" }] }],
    ["a bad name", { name: "A", objective: "b", steps: [{ id: "a", task: "t" }] }],
    ["a blank objective", { name: "a", objective: " \n", steps: [{ id: "a", task: "t" }] }],
    ["a NUL in the objective", { name: "a", objective: "b\0", steps: [{ id: "a", task: "t" }] }],
    ["no steps", { name: "a", objective: "b", steps: [] }],
    ["a step that is null", { name: "a", objective: "b", steps: [null] }],
    ["an unknown field", stepWith({ zzz: 1 })],
    ["a field that every object has", stepWith({ constructor: 1 })],
    ["a bad id", stepWith({ id: "A" })],
    ["no work", workOf({})],
    ["two kinds of work", workOf({ shell: "x", task: "y" })],
    ["an empty command", workOf({ command: [] })],
    ["a blank program", workOf({ command: [" "] })],
    ["a program that is a number", workOf({ command: [5] })],
    ["an argument that is a number", workOf({ command: ["a", 5] })],
    ["a NUL in an argument", workOf({ command: ["a", "\0"] })],
    ["a blank shell line", workOf({ shell: "" })],
    ["an agent without a task", workOf({ agent: { kind: "pi" } })],
    ["an agent with an unknown field", workOf({ agent: { kind: "pi", task: "x", zzz: 1 } })],
    ["a bad entry in needs", stepWith({ needs: ["B"] })],
    ["needs that are no list", stepWith({ needs: "b" })],
    ["an empty cwd", stepWith({ cwd: "" })],
    ["a variable of Runfold", stepWith({ env: { RUNFOLD_X: "" } })],
    ["a variable with a hyphen", stepWith({ env: { "A-B": "" } })],
    ["a variable that every object has", stepWith({ env: { constructor: "" } })],
    ["a variable that is a number", stepWith({ env: { A: 1 } })],
    ["an environment that is a list", stepWith({ env: [] })],
    ["no time", stepWith({ timeoutSeconds: 0 })],
    ["half an attempt", stepWith({ retry: { attempts: 0.5 } })],
    ["a retry without attempts", stepWith({ retry: {} })],
    ["a retry that is a list", stepWith({ retry: [] })],
    ["an unknown choice", stepWith({ onInterrupted: "x" })],
    ["too much concurrency", { ...stepWith({}), limits: { concurrency: 10_001 } }],
    ["an unknown mode", { ...stepWith({}), notify: { mode: "x" } }],
  ])("judges %s as the parser does", (_, json) => {
    expect(accepts(schema, json)).toBe(parseGraph(json).ok);
  });
});
