import { describe, expect, it } from "vitest";
import { checkGraph } from "../../../src/domain/check-graph.ts";
import type { GraphDiagnostic } from "../../../src/domain/diagnostic.ts";
import type { StepDocument } from "../../../src/domain/graph-document.ts";
import { limits } from "../../../src/domain/limits.ts";

const codes = (findings: readonly GraphDiagnostic[]): string[] => findings.map(({ code }) => code);
const chainOf = (count: number): { id: string; needs: string[] }[] =>
  Array.from({ length: count }, (_, index) => ({ id: `s${index}`, needs: index === 0 ? [] : [`s${index - 1}`] }));
const ringOf = (count: number): { id: string; needs: string[] }[] =>
  Array.from({ length: count }, (_, index) => ({ id: `s${index}`, needs: [`s${(index + 1) % count}`] }));

describe("a graph that is fine", () => {
  it("has no findings, and steps of a document can be given as they are", () => {
    const steps: readonly StepDocument[] = [
      { id: "a", task: "a" },
      { id: "b", task: "b", needs: ["a"], after: ["a"] },
      { id: "c", task: "c", needs: ["a", "a", "b"] },
    ];
    expect(checkGraph(steps)).toEqual([]);
  });

  it("may be a chain of as many steps as the limit allows", () => {
    expect(checkGraph(chainOf(limits.stepsMax))).toEqual([]);
  });
});

describe("size", () => {
  it("refuses a graph without steps", () => {
    expect(checkGraph([])).toMatchObject([{ code: "graph-steps-required", pointer: "/steps" }]);
  });

  it("refuses one step more than the limit, and looks no further", () => {
    const steps = Array.from({ length: limits.stepsMax + 1 }, () => ({ id: "same" }));
    expect(codes(checkGraph(steps))).toEqual(["graph-steps-too-many"]);
  });

  it("counts the entries of needs and after together", () => {
    const half = Array.from({ length: limits.edgesMax / 2 }, () => "a");
    expect(checkGraph([{ id: "a" }, { id: "b", needs: half, after: half }])).toEqual([]);
    expect(checkGraph([{ id: "a" }, { id: "b", needs: half, after: [...half, "a"] }])).toMatchObject([
      { code: "graph-edges-too-many", pointer: "/steps" },
    ]);
  });
});

describe("ids", () => {
  it("reports each repeat of an id at the step that repeats it, and names the first", () => {
    const findings = checkGraph([{ id: "a" }, { id: "b" }, { id: "a" }, { id: "a" }]);
    expect(findings.map(({ code, pointer }) => [code, pointer])).toEqual([
      ["step-id-duplicate", "/steps/2/id"],
      ["step-id-duplicate", "/steps/3/id"],
    ]);
    expect(findings[0]?.message).toContain("/steps/0");
  });

  it("takes no name that objects answer to for an id that exists", () => {
    expect(codes(checkGraph([{ id: "a", needs: ["constructor"] }]))).toEqual(["dependency-unknown"]);
    expect(codes(checkGraph([{ id: "__proto__" }, { id: "__proto__" }]))).toEqual(["step-id-duplicate"]);
  });
});

describe("unknown dependencies", () => {
  it("points to the very entry, and suggests the nearest id", () => {
    const findings = checkGraph([{ id: "build" }, { id: "test", needs: ["build"], after: ["build", "biuld", "xyz"] }]);
    expect(findings).toMatchObject([
      { code: "dependency-unknown", pointer: "/steps/1/after/1" },
      { code: "dependency-unknown", pointer: "/steps/1/after/2" },
    ]);
    expect(findings[0]?.repair).toContain('Write "build"');
    expect(findings[1]?.repair).toBe('Add a step with the id "xyz", or remove the entry.');
  });

  it("suggests the first of several ids that are equally near", () => {
    const [finding] = checkGraph([{ id: "lint-a" }, { id: "lint-b" }, { id: "all", needs: ["lint-x"] }]);
    expect(finding?.repair).toContain('Write "lint-a"');
  });

  it("never suggests the step itself, nor an id that is not well formed", () => {
    const findings = checkGraph([{ id: "Bulid" }, { id: "build-a", needs: ["build-b", "bulid"] }]);
    for (const { repair } of findings) expect(repair).toMatch(/^Add a step/);
    expect(findings).toHaveLength(2);
  });

  it("stops to suggest where it would cost too much, and keeps a bounded list that counts the rest", () => {
    const steps = chainOf(50_000).map(({ id }) => ({ id, needs: [`${id}-x`] }));
    const findings = checkGraph(steps);
    expect(findings).toHaveLength(limits.diagnosticsMax);
    expect(findings.at(-1)?.message).toContain(String(50_000 - limits.diagnosticsMax + 1));
    expect(findings.filter(({ repair }) => repair.startsWith("Write")).length).toBeLessThan(5);
  });
});

describe("steps of a broken shape", () => {
  it("do not shift the pointers of the steps behind them", () => {
    expect(checkGraph([null, 7, "x", [], { id: "a", needs: ["nobody"] }])).toMatchObject([
      { code: "dependency-unknown", pointer: "/steps/4/needs/0" },
    ]);
  });

  it("count as existing as soon as their id is a text, so their dependents are not reported", () => {
    expect(
      checkGraph([
        { id: "broken", command: 5, needs: "a" },
        { id: "b", needs: ["broken"] },
      ]),
    ).toEqual([]);
    expect(checkGraph([{ id: "Bad Id" }, { id: "b", needs: ["Bad Id"] }])).toEqual([]);
  });

  it("leave entries that cannot be ids to the check of the shape", () => {
    expect(checkGraph([{ id: "a", needs: ["Not An Id", 5, null, {}], after: { length: 3 } }])).toEqual([]);
  });
});

describe("cycles", () => {
  it("shows the kind of every edge, and points to the first of them", () => {
    expect(
      checkGraph([
        { id: "a", needs: ["b"] },
        { id: "b", after: ["a"] },
      ]),
    ).toMatchObject([{ code: "dependency-cycle", pointer: "/steps/0/needs/0" }]);
    expect(
      checkGraph([
        { id: "a", needs: ["b"] },
        { id: "b", after: ["a"] },
      ])[0]?.message,
    ).toContain("a -needs-> b -after-> a.");
  });

  it("takes a step that waits for itself as a cycle of length one", () => {
    const [finding] = checkGraph([{ id: "x" }, { id: "a", needs: ["x"], after: ["x", "a"] }]);
    expect(finding).toMatchObject({ code: "dependency-cycle", pointer: "/steps/1/after/1" });
    expect(finding?.message).toContain("a -after-> a.");
  });

  it("shows the stronger kind where a step is in both lists", () => {
    const [finding] = checkGraph([
      { id: "a", needs: ["b"], after: ["b"] },
      { id: "b", after: ["a"] },
    ]);
    expect(finding?.message).toContain("a -needs-> b");
  });

  it("reports one cycle alone, the shortest through its first step, without the steps that only lead to it", () => {
    const steps = [
      { id: "entry", needs: ["a"] },
      { id: "a", needs: ["b", "d"] },
      { id: "b", needs: ["c"] },
      { id: "c", needs: ["a", "leaf"] },
      { id: "d", needs: ["a"] },
      { id: "leaf" },
    ];
    const findings = checkGraph(steps);
    expect(codes(findings)).toEqual(["dependency-cycle"]);
    expect(findings[0]?.message).toContain(": a -needs-> d -needs-> a.");
  });

  it("shows twelve steps in full and abridges thirteen", () => {
    expect(checkGraph(ringOf(12))[0]?.message).toContain("s10 -needs-> s11 -needs-> s0.");
    expect(checkGraph(ringOf(13))[0]?.message).toContain("s9 -needs-> … 2 more … -needs-> s12 -needs-> s0.");
  });

  it("finds a cycle through as many steps as the limit allows", () => {
    const [finding] = checkGraph(ringOf(limits.stepsMax));
    expect(finding?.message).toContain(`${limits.stepsMax} steps wait for each other`);
    expect(finding?.message).toContain(
      `… ${limits.stepsMax - 11} more … -needs-> s${limits.stepsMax - 1} -needs-> s0.`,
    );
  });
});
