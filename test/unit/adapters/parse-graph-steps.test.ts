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

describe("the work of a step", () => {
  it.each([
    [{ command: [] }, "step-command-required /steps/0/command"],
    [{ command: [" ", "x"] }, "step-command-required /steps/0/command/0"],
    [{ command: "git log" }, "input-schema-invalid /steps/0/command"],
    [{ command: ["a", 5] }, "input-schema-invalid /steps/0/command/1"],
    [{ command: ["a", "b\0"] }, "input-schema-invalid /steps/0/command/1"],
    [
      { command: ["a", ...Array.from({ length: limits.commandArgumentsMax }, () => "b")] },
      "input-schema-invalid /steps/0/command",
    ],
    [{ command: ["a", "b".repeat(limits.commandArgumentCharsMax)] }, "input-schema-invalid /steps/0/command"],
    [{ shell: "\n" }, "step-shell-required /steps/0/shell"],
    [{ shell: "a\0" }, "input-schema-invalid /steps/0/shell"],
    [{ task: "" }, "step-task-required /steps/0/task"],
    [{ agent: ["pi"] }, "input-schema-invalid /steps/0/agent"],
    [{ command: ["a"], parser: "Claude" }, "input-schema-invalid /steps/0/parser"],
    [{ shell: "a", parser: 5 }, "input-schema-invalid /steps/0/parser"],
    [{ task: "a", parser: "claude" }, "step-parser-misplaced /steps/0/parser"],
    [{ parser: "claude" }, "step-work-required /steps/0"],
    [{}, "step-work-required /steps/0"],
    [{ shell: "x", task: "y" }, "step-work-exclusive /steps/0"],
  ])("is refused when it is wrong: case %#", (work, expected) => {
    expect(found(parseGraph(graphOf({ id: "a", ...work })))).toEqual([expected]);
  });

  it("given to an agent in the wrong place is answered with the right one", () => {
    const { repair } = only(parseGraph(graphOf({ id: "a", agent: { kind: "codex", task: "x" }, task: "Do it." })));
    expect(repair).toContain("agent.task");
  });
});

describe("the other fields of a step", () => {
  it.each([
    [{ id: "A b" }, "public-id-invalid /steps/0/id"],
    [{ id: "" }, "public-id-invalid /steps/0/id"],
    [{ id: "a".repeat(64) }, "public-id-invalid /steps/0/id"],
    [{ id: 5 }, "input-schema-invalid /steps/0/id"],
    [{ needs: "b" }, "input-schema-invalid /steps/0/needs"],
    [{ needs: ["B"] }, "public-id-invalid /steps/0/needs/0"],
    [{ after: [5] }, "input-schema-invalid /steps/0/after/0"],
    [{ cwd: "" }, "input-schema-invalid /steps/0/cwd"],
    [{ cwd: "a\0b" }, "input-schema-invalid /steps/0/cwd"],
    [{ cwd: "a".repeat(limits.pathCharsMax + 1) }, "input-schema-invalid /steps/0/cwd"],
    [{ timeoutSeconds: 0 }, "input-schema-invalid /steps/0/timeoutSeconds"],
    [{ timeoutSeconds: limits.stepTimeoutSecondsMax + 1 }, "input-schema-invalid /steps/0/timeoutSeconds"],
    [{ timeoutSeconds: JSON.parse("1e999") as number }, "input-schema-invalid /steps/0/timeoutSeconds"],
    [{ timeoutSeconds: null }, "input-schema-invalid /steps/0/timeoutSeconds"],
    [{ retry: {} }, "input-schema-invalid /steps/0/retry/attempts"],
    [{ retry: [] }, "input-schema-invalid /steps/0/retry"],
    [{ retry: { attempts: 1.5 } }, "input-schema-invalid /steps/0/retry/attempts"],
    [{ retry: { attempts: limits.attemptsMax + 1 } }, "input-schema-invalid /steps/0/retry/attempts"],
    [{ retry: { attempts: 2, backoffSeconds: -1 } }, "input-schema-invalid /steps/0/retry/backoffSeconds"],
    [{ onInterrupted: "ignore" }, "input-schema-invalid /steps/0/onInterrupted"],
    [{ env: ["A"] }, "input-schema-invalid /steps/0/env"],
    [{ env: { "A-B": "1" } }, "input-schema-invalid /steps/0/env/A-B"],
    [{ env: { "": "1" } }, "input-schema-invalid /steps/0/env/"],
    [{ env: { RUNFOLD_STATUS: "1" } }, "input-schema-invalid /steps/0/env/RUNFOLD_STATUS"],
    [{ env: { A: 1 } }, "input-schema-invalid /steps/0/env/A"],
    [{ env: { A: "\0" } }, "input-schema-invalid /steps/0/env/A"],
    [{ env: JSON.parse('{"__proto__":"1"}') as object }, "input-schema-invalid /steps/0/env/__proto__"],
    [{ env: { constructor: "1" } }, "input-schema-invalid /steps/0/env/constructor"],
  ])("are refused when they are wrong: case %#", (fields, expected) => {
    expect(found(parseGraph(stepWith(fields)))).toEqual([expected]);
  });

  it("are answered with a repair about the variable, where it is a variable that is wrong", () => {
    const { message, repair } = only(parseGraph(stepWith({ env: { PORT: 8080 } })));
    expect(message).toBe('Step "a": "env.PORT" must be a text of at most 65536 characters, but it is 8080.');
    expect(repair).toContain('{ "PORT": "8080" }');
  });

  it("take the bounds themselves", () => {
    const env = Object.fromEntries(
      Array.from({ length: limits.environmentEntriesMax }, (_, index) => [`V${index}`, ""]),
    );
    const bounds = { retry: { attempts: limits.attemptsMax, backoffSeconds: limits.backoffSecondsMax }, env };
    expect(parseGraph(stepWith({ ...bounds, timeoutSeconds: limits.durationSecondsMin })).diagnostics).toEqual([]);
    expect(found(parseGraph(stepWith({ env: { ...env, ONE_MORE: "" } })))).toEqual([
      "input-schema-invalid /steps/0/env",
    ]);
  });
});
