import { describe, expect, it } from "vitest";
import type { GraphDiagnostic } from "../../../src/domain/diagnostic.ts";
import { parseGraphText, type ParsedGraph } from "../../../src/adapters/graphs/parse-graph.ts";

/** A graph of these steps that is fine otherwise. */
const graphOf = (...steps: unknown[]): object => ({ name: "audit", objective: "Look.", steps });
/** What was found, in short. */
const found = ({ diagnostics }: ParsedGraph): string[] => diagnostics.map(({ code, pointer }) => `${code} ${pointer}`);
/** The one finding. */
const only = (parsed: ParsedGraph): GraphDiagnostic => {
  expect(found(parsed)).toHaveLength(1);
  return parsed.diagnostics[0] as GraphDiagnostic;
};

describe("text", () => {
  it.each([
    ["", "The text is empty."],
    ["\uFEFF \n", "The text is empty."],
    ['{"a":1,}', 'line 1, column 8: expected a field name in double quotes, but found "}"'],
    ['{\n  "a": 1\n  "b": 2\n}', 'line 3, column 3: expected "," or "}"'],
    ["[1, 2", "line 1, column 6: expected"],
    ['{"a": "x\ny"}', "line 1, column 7: expected a value"],
    ["nul", "line 1, column 1: expected a value"],
    ['{"a":01}', "line 1, column 7"],
    ["{} x", "line 1, column 4: expected nothing more"],
    ["[".repeat(200_000), "line 1, column"],
    ['{"name":"a",\n"steps":[{"id":"a","\\u0069d":"b"}]}', 'line 2, column 20: the field "id" stands twice'],
  ])("that is not clear JSON is refused with its place: case %#", (text, expected) => {
    const finding = only(parseGraphText(text));
    expect(finding.code).toBe("graph-json-invalid");
    expect(finding.message).toContain(expected);
  });

  it("with a repeated field is answered with a pointer to it", () => {
    expect(only(parseGraphText('{"x":[0,{}, {"n":{"k":1,"k":2}}]}')).pointer).toBe("/x/2/n/k");
  });

  it("that holds colons, quotes and backslashes inside of texts is counted right", () => {
    const text = JSON.stringify(
      graphOf({ id: "a", shell: 'echo "a:b" \\: \\\\" ::' }, { id: "b", command: ["\\", '"', ":"] }),
    );
    expect(parseGraphText(text).diagnostics).toEqual([]);
  });

  it("may begin with a byte order mark", () => {
    expect(parseGraphText(`\uFEFF${JSON.stringify(graphOf({ id: "a", task: "t" }))}`).ok).toBe(true);
  });
});
