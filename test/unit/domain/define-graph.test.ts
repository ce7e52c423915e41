import { describe, expect, it } from "vitest";
import { defineGraph } from "../../../src/adapters/graphs/define-graph.ts";
import { parseGraph } from "../../../src/adapters/graphs/parse-graph.ts";
import type { GraphDiagnostic } from "../../../src/domain/diagnostic.ts";
import { isRunfoldError } from "../../../src/domain/errors.ts";
import { step } from "../../../src/domain/step.ts";
import { agent, command, registeredTask, shell, task } from "../../../src/domain/work.ts";

const objective = "To be tested.";
const log = step("log", { run: command("git", ["log"]) });
const report = step("report", { needs: { log }, run: task(({ log: text }) => text.stdout.length) });

/** What a definition is refused with. */
function findings(define: () => unknown): readonly GraphDiagnostic[] {
  try {
    define();
  } catch (error) {
    if (isRunfoldError(error, "graph.invalid")) return error.details["diagnostics"] as GraphDiagnostic[];
    throw error;
  }
  throw new Error("the graph was accepted");
}

describe("defining a graph", () => {
  it("gives a document that parses to itself, and the functions that JSON cannot hold", () => {
    const limits = { concurrency: 4, maxRunSeconds: 60 };
    const graph = defineGraph("audit", { objective, steps: [log, report], limits, notify: { mode: "final" } });
    expect(graph.document).toMatchObject({ name: "audit", objective, limits, notify: { mode: "final" } });
    expect(graph.document.steps.map(({ id }) => id)).toEqual(["log", "report"]);
    const parsed = parseGraph(JSON.parse(JSON.stringify(graph.document)));
    expect(parsed.ok && parsed.graph.document).toEqual(graph.document);
    expect([...graph.tasks]).toEqual([["report", report.binding]]);
  });

  it("leaves registered tasks and commands out of the functions", () => {
    const sum = step("sum", { run: registeredTask("adder") });
    const list = step("list", { run: shell("ls") });
    expect(defineGraph("audit", { objective, steps: [sum, list] }).tasks.size).toBe(0);
  });

  it("writes agents, and parsers of commands, as a file would have them", () => {
    const reviewer = { kind: "pi", task: "Review.", ref: "user:reviewer" };
    const review = step("review", { run: agent(reviewer) });
    const claude = step("claude", { run: command("claude", ["-p", "x"], { parser: "claude" }) });
    const codex = step("codex", { needs: { review }, run: shell("codex exec --json x", { parser: "codex" }) });
    const authority = { allowFilesystemRead: true };
    const library = { sources: ["user"] as const };
    const graph = defineGraph("audit", { objective, steps: [review, claude, codex], authority, library });
    expect(graph.tasks.size).toBe(0);
    expect(graph.document).toEqual({
      name: "audit",
      objective,
      steps: [
        { id: "review", agent: reviewer },
        { id: "claude", command: ["claude", "-p", "x"], parser: "claude" },
        { id: "codex", shell: "codex exec --json x", parser: "codex", needs: ["review"] },
      ],
      authority,
      library,
    });
  });

  it("tells everything that is wrong at once, each with its place and its repair", () => {
    const wrong = step("Wrong Id", { run: command(""), timeoutSeconds: -1 });
    const lonely = step("lonely", { needs: { log }, run: shell("true"), retry: { attempts: 0 } });
    const found = findings(() => defineGraph("", { objective: " ", steps: [wrong, lonely] }));
    const pointers = found.map(({ pointer }) => pointer);
    for (const pointer of [
      "/name",
      "/objective",
      "/steps/0/id",
      "/steps/0/timeoutSeconds",
      "/steps/1/retry/attempts",
    ]) {
      expect(pointers).toContain(pointer);
    }
    expect(found).toContainEqual(expect.objectContaining({ code: "dependency-unknown", pointer: "/steps/1/needs/0" }));
    for (const { message, repair } of found) expect([message, repair]).not.toContain("");
  });

  it("shows the first problems in the message, and counts the others", () => {
    const steps = Array.from({ length: 9 }, (_none, index) => step(`BAD ${index}`, { run: shell("true") }));
    const define = (): unknown => defineGraph("audit", { objective, steps });
    expect(findings(define)).toHaveLength(9);
    expect(define).toThrow(/^The graph "audit" has 9 problems:\n(?: {2}\/steps\/\d\/id: .*\n){5} {2}… and 4 more \[/u);
  });

  it("refuses a step that is listed twice", () => {
    const found = findings(() => defineGraph("audit", { objective, steps: [log, log] }));
    expect(found.map(({ code }) => code)).toEqual(["step-id-duplicate"]);
  });

  it("refuses a stranger: another step under the id of one that is listed", () => {
    const other = step("log", { run: shell("true") });
    const found = findings(() => defineGraph("audit", { objective, steps: [other, report] }));
    expect(found).toMatchObject([{ code: "dependency-stranger", pointer: "/steps/1", severity: "error" }]);
  });

  it("reports a stranger once for each step that depends on it, however it does", () => {
    const other = step("log", { run: shell("true") });
    const both = step("both", { needs: { log }, after: { again: log }, run: shell("true") });
    const found = findings(() => defineGraph("audit", { objective, steps: [other, both] }));
    expect(found.map(({ code }) => code)).toEqual(["dependency-stranger"]);
  });

  it("refuses a graph without steps", () => {
    const found = findings(() => defineGraph("audit", { objective, steps: [] }));
    expect(found.map(({ code }) => code)).toEqual(["graph-steps-required"]);
  });

  it("keeps nothing of what it was given that could change later", () => {
    const env = { LANG: "C" };
    const limits = { concurrency: 2 };
    const graph = defineGraph("audit", { objective, steps: [step("a", { run: shell("true"), env })], limits });
    env.LANG = "changed";
    limits.concurrency = 9;
    expect(graph.document.steps[0]?.env).toEqual({ LANG: "C" });
    expect(graph.document.limits).toEqual({ concurrency: 2 });
  });
});
