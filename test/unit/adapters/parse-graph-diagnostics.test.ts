import { describe, expect, it } from "vitest";
import type { GraphDiagnostic } from "../../../src/domain/diagnostic.ts";
import { parseGraph, type ParsedGraph } from "../../../src/adapters/graphs/parse-graph.ts";
import { limits } from "../../../src/domain/limits.ts";

/** A graph of these steps that is fine otherwise. */
const graphOf = (...steps: unknown[]): object => ({ name: "audit", objective: "Look.", steps });
/** A graph of one step that is fine but for these fields. */
const stepWith = (fields: object): object => graphOf({ id: "a", command: ["true"], ...fields });
/** What was found, in short. */
const found = ({ diagnostics }: ParsedGraph): string[] => diagnostics.map(({ code, pointer }) => `${code} ${pointer}`);
/** The one finding. */
const only = (parsed: ParsedGraph): GraphDiagnostic => {
  expect(found(parsed)).toHaveLength(1);
  return parsed.diagnostics[0] as GraphDiagnostic;
};

describe("findings", () => {
  it("come all at once, of the shape and of the dependencies, each about its own field", () => {
    const parsed = parseGraph({
      name: "Audit It",
      objective: " ",
      goal: "x",
      steps: [
        { id: "a", comand: ["x"], timeoutSeconds: "5", needs: ["b"] },
        { id: "b", command: [], shell: "ls", after: ["a"] },
        null,
        { id: "b", task: "t", needs: ["Bad", "nobody"] },
      ],
      limits: { concurrency: 0 },
    });
    expect(found(parsed)).toEqual([
      "public-id-invalid /name",
      "graph-objective-required /objective",
      "input-schema-invalid /limits/concurrency",
      "input-schema-invalid /goal",
      "input-schema-invalid /steps/0/timeoutSeconds",
      "input-schema-invalid /steps/0/comand",
      "step-work-required /steps/0",
      "step-command-required /steps/1/command",
      "step-work-exclusive /steps/1",
      "input-schema-invalid /steps/2",
      "public-id-invalid /steps/3/needs/0",
      "step-id-duplicate /steps/3/id",
      "dependency-unknown /steps/3/needs/1",
      "dependency-cycle /steps/0/needs/0",
    ]);
    expect(new Set(parsed.diagnostics.map(({ repair }) => repair)).size).toBe(14);
  });

  it("about a broken step cause none about the steps that depend on it", () => {
    expect(found(parseGraph(graphOf({ id: "a", command: 5 }, { id: "b", task: "t", needs: ["a"] })))).toEqual([
      "input-schema-invalid /steps/0/command",
    ]);
  });

  it("are at most as many as the limit, and the last one counts the rest", () => {
    const parsed = parseGraph(
      graphOf(...Array.from({ length: 3_000 }, (_, index) => ({ id: `s${index}`, x: 1, task: "t" }))),
    );
    expect(parsed.diagnostics).toHaveLength(limits.diagnosticsMax);
    expect(parsed.diagnostics.at(-1)).toMatchObject({ code: "diagnostics-limited", severity: "error" });
    expect(parsed.diagnostics.at(-1)?.message).toContain(String(3_000 - limits.diagnosticsMax + 1));
  });

  it("stay short, however long the texts are that they quote", () => {
    const long = "X".repeat(100_000);
    const parsed = parseGraph(graphOf({ id: long, shell: long + long, needs: [long], cwd: long }));
    expect(parsed.ok).toBe(false);
    for (const { message, repair } of parsed.diagnostics) expect((message + repair).length).toBeLessThan(600);
  });
});

describe("unknown fields", () => {
  it.each([
    ["timeout", "timeoutSeconds"],
    ["timeout_seconds", "timeoutSeconds"],
    ["dependsOn", "needs"],
    ["depends_on", "needs"],
    ["cmd", "command"],
    ["Shell", "shell"],
    ["afer", "after"],
    ["environment", "env"],
  ])("%s is answered with %s", (unknown, known) => {
    const finding = only(parseGraph(stepWith({ [unknown]: 1 })));
    expect(finding).toMatchObject({ code: "input-schema-invalid", pointer: `/steps/0/${unknown}` });
    expect(finding.repair).toContain(`Write "${known}"`);
  });

  it("that resemble nothing are answered with the list of all", () => {
    expect(only(parseGraph({ ...stepWith({}), zzz: 1 })).repair).toBe(
      'Remove "zzz"; the fields here are "$schema", "name", "objective", "steps", "limits", "notify", "authority", "library".',
    );
  });

  it("are all reported, escaped in the pointer, in every object", () => {
    const parsed = parseGraph(stepWith({ "a/b~c": 1, qqq: 2, retry: { attempts: 1, qqq: 3 }, notify: 1 }));
    expect(found(parsed)).toEqual([
      "input-schema-invalid /steps/0/retry/qqq",
      "input-schema-invalid /steps/0/a~1b~0c",
      "input-schema-invalid /steps/0/qqq",
      "input-schema-invalid /steps/0/notify",
    ]);
  });

  it("may be called like what every object has, without harm", () => {
    const json = JSON.parse(
      '{"name":"a","objective":"x","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},' +
        '"steps":[{"id":"a","task":"t","__proto__":{"shell":"x"}}]}',
    ) as unknown;
    expect(found(parseGraph(json))).toEqual([
      "input-schema-invalid /__proto__",
      "input-schema-invalid /constructor",
      "input-schema-invalid /steps/0/__proto__",
    ]);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
  });
});
