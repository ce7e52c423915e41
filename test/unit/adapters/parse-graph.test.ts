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

describe("a graph that is fine", () => {
  const full = {
    $schema: "./graph.schema.json",
    notify: { minIntervalSeconds: 0, mode: "final", maxNotices: 0 },
    limits: { retentionSeconds: 60, maxRunSeconds: 50, stepTimeoutSeconds: 0.5, concurrency: 2 },
    steps: [
      { parser: "claude", command: ["git", "log", ""], id: "log" },
      { shell: "du -s .", id: "size", env: { B: "2", A: "1" }, cwd: "packages", timeoutSeconds: 1.5 },
      { task: "summarize", id: "sum", needs: ["log", "size", "log"], after: [] },
      {
        onInterrupted: "retry",
        retry: { backoffSeconds: -0, attempts: 2 },
        agent: { thinking: "low", model: "m", tools: ["read"], system: "Be brief.", task: "Review.", kind: "pi" },
        after: ["sum", "log", "sum"],
        needs: ["log"],
        id: "review",
        env: {},
      },
    ],
    objective: "Look.",
    name: "audit",
  };
  const canonical =
    '{"name":"audit","objective":"Look.","steps":[{"id":"log","command":["git","log",""],"parser":"claude"},' +
    '{"id":"size","shell":"du -s .","cwd":"packages","env":{"B":"2","A":"1"},"timeoutSeconds":1.5},' +
    '{"id":"sum","task":"summarize","needs":["log","size"]},' +
    '{"id":"review","agent":{"kind":"pi","task":"Review.","system":"Be brief.","tools":["read"],"model":"m","thinking":"low"},' +
    '"needs":["log"],"after":["sum","log"],"retry":{"attempts":2,"backoffSeconds":0},"onInterrupted":"retry"}],' +
    '"limits":{"concurrency":2,"stepTimeoutSeconds":0.5,"maxRunSeconds":50,"retentionSeconds":60},' +
    '"notify":{"mode":"final","maxNotices":0,"minIntervalSeconds":0}}';

  it("becomes one canonical document, whatever the order of its fields, and no task is bound", () => {
    const parsed = parseGraph(full);
    expect(parsed.diagnostics).toEqual([]);
    if (!parsed.ok) return;
    expect(JSON.stringify(parsed.graph.document)).toBe(canonical);
    expect(Object.is(parsed.graph.document.steps[3]?.retry?.backoffSeconds, 0)).toBe(true);
    expect(parsed.graph.tasks.size).toBe(0);
  });

  it("shares nothing with what was given", () => {
    const given = JSON.parse(canonical) as {
      steps: { command: string[]; env: object }[];
      limits: { concurrency: number };
    };
    const parsed = parseGraph(given);
    given.steps[0]?.command.push("x");
    Object.assign(given.steps[1]?.env ?? {}, { C: "3" });
    given.limits.concurrency = 9;
    given.steps.pop();
    expect(JSON.stringify(parsed.ok && parsed.graph.document)).toBe(canonical);
  });

  it("may give absent fields as undefined, as programs do", () => {
    expect(parseGraph(stepWith({ shell: undefined, env: undefined, needs: undefined })).ok).toBe(true);
  });

  it("is warned of a timeout that cannot be reached, and accepted", () => {
    expect(parseGraph({ ...stepWith({ timeoutSeconds: 10 }), limits: { maxRunSeconds: 10 } }).diagnostics).toEqual([]);
    const parsed = parseGraph({ ...stepWith({ timeoutSeconds: 20 }), limits: { maxRunSeconds: 10 } });
    expect(parsed.ok).toBe(true);
    expect(only(parsed)).toMatchObject({
      code: "step-timeout-unreachable",
      severity: "warning",
      pointer: "/steps/0/timeoutSeconds",
    });
  });
});

describe("the graph itself", () => {
  it.each([null, 5, "x", [], undefined, () => 1, 5n, Symbol("s")])(
    "is refused when it is no object: case %#",
    (json) => {
      expect(found(parseGraph(json))).toContain("input-schema-invalid ");
    },
  );

  it("needs an objective that says something", () => {
    expect(found(parseGraph({ name: "a", steps: [{ id: "a", task: "t" }] }))).toEqual([
      "graph-objective-required /objective",
    ]);
    expect(found(parseGraph({ name: "a", objective: 5, steps: [{ id: "a", task: "t" }] }))).toEqual([
      "input-schema-invalid /objective",
    ]);
  });

  it("suggests a name that is well formed", () => {
    const { repair } = only(
      parseGraph({ name: "Größe 2 (Nightly Audit)", objective: "x", steps: [{ id: "a", task: "t" }] }),
    );
    expect(repair).toBe('Write "gr-e-2-nightly-audit", for example.');
  });

  it.each([[undefined], [5], [{}]])("needs a list of steps, not %j", (steps) => {
    expect(found(parseGraph({ name: "a", objective: "x", ...(steps === undefined ? {} : { steps }) }))).toEqual([
      "input-schema-invalid /steps",
    ]);
  });

  it("is refused without steps, and with too many before they are looked at", () => {
    expect(found(parseGraph(graphOf()))).toEqual(["graph-steps-required /steps"]);
    const steps = Array.from({ length: limits.stepsMax + 1 }, () => null);
    expect(found(parseGraph({ name: "a", objective: "x", steps }))).toEqual(["graph-steps-too-many /steps"]);
  });
});
