import { describe, expect, it } from "vitest";
import { mermaidOf } from "../../../src/adapters/graphs/mermaid.ts";
import type { GraphDocument } from "../../../src/domain/graph-document.ts";
import type { StepStatus } from "../../../src/domain/status.ts";

const document: GraphDocument = {
  name: "audit",
  objective: "Look.",
  steps: [
    { id: "end", task: "t" },
    { id: "style", task: "t", needs: ["end"] },
    { id: "report", task: "t", needs: ["style"], after: ["end", "style"] },
  ],
};

describe("mermaidOf", () => {
  it("draws needs as solid and after as dotted lines, and marks the sinks", () => {
    expect(mermaidOf(document)).toBe(
      [
        "flowchart TD",
        '  s0["end"]',
        '  s1["style"]',
        '  s2(["report"]):::sink',
        "  s0 --> s1",
        "  s1 --> s2",
        "  s0 -.-> s2",
        "  classDef sink stroke-width:3px",
        "",
      ].join("\n"),
    );
  });

  it("gives the steps the class of their status, and names only statuses that occur", () => {
    const text = mermaidOf(
      document,
      new Map<string, StepStatus>([
        ["end", "succeeded"],
        ["style", "timedOut"],
        ["report", "timedOut"],
      ]),
    );
    expect(text).toContain("  class s0 succeeded\n");
    expect(text).toContain("  class s1,s2 timedOut\n");
    expect(text.match(/classDef (\w+)/g)).toEqual(["classDef sink", "classDef succeeded", "classDef timedOut"]);
  });

  it("lets no text out of its label, should a document be drawn that was never checked", () => {
    const evil = '"];click s0 href "javascript:alert(1)"\n%%';
    const text = mermaidOf({ ...document, steps: [{ id: evil, task: "t" }] });
    expect(text.split("\n")[1]).toMatch(/^ {2}s0\(\["[A-Za-z0-9_#;-]+"\]\):::sink$/);
  });

  it("never uses a step's id as the name of a node, since Mermaid takes some for words of its own", () => {
    expect(mermaidOf(document)).not.toMatch(/^ *(end|style)/m);
  });
});
