import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { drawnStepsMax, svgOf } from "../../../src/adapters/graphs/svg.ts";
import { isRunfoldError } from "../../../src/domain/errors.ts";
import type { GraphDocument, StepDocument } from "../../../src/domain/graph-document.ts";

const graphOf = (...steps: StepDocument[]): GraphDocument => ({ name: "audit", objective: "Look.", steps });
const chainOf = (count: number): GraphDocument =>
  graphOf(
    ...Array.from({ length: count }, (_, at) => ({
      id: `s${at}`,
      task: "t",
      ...(at === 0 ? {} : { needs: [`s${at - 1}`] }),
    })),
  );
const countOf = (text: string, pattern: RegExp): number => [...text.matchAll(pattern)].length;

/** Fails where the tags of a text are not properly nested: all that this drawing needs of XML. */
function expectNested(text: string): void {
  const open: string[] = [];
  for (const [, close, name, rest] of text.matchAll(/<(\/?)([a-z]+)([^<>]*)>/g)) {
    if (close === "/" && open.pop() !== name) open.push(`misplaced ${name}`);
    if (close === "" && !rest?.endsWith("/")) open.push(name ?? "");
  }
  expect(open).toEqual([]);
}

describe("svgOf", () => {
  it("draws a box for each step and a line for each dependency, after dashed, sinks marked", async () => {
    const svg = await svgOf(
      graphOf(
        { id: "log", command: ["git", "log"] },
        { id: "size", shell: "du -sh ." },
        { id: "report", task: "write", needs: ["log"], after: ["size", "log"] },
      ),
    );
    expectNested(svg);
    expect(countOf(svg, /<g class="step/g)).toBe(3);
    expect(countOf(svg, /class="edge needs"/g)).toBe(1);
    expect(countOf(svg, /class="edge after"/g)).toBe(1);
    expect(countOf(svg, /class="tip"/g)).toBe(2);
    expect(svg).toContain('<g class="step sink"><title>report: task write</title>');
    for (const text of [">log</text>", ">git log</text>", ">du -sh .</text>"]) expect(svg).toContain(text);
  });

  it("is the same text every time, and holds no number that is none", async () => {
    const document = graphOf({ id: "a", task: "t" }, { id: "b", task: "t", needs: ["a"] });
    expect(await svgOf(document)).toBe(await svgOf(document));
    expect(await svgOf(document)).not.toMatch(/NaN|undefined|Infinity/);
  });

  it("shows statuses as classes and says them in the titles", async () => {
    const svg = await svgOf(graphOf({ id: "a", task: "t" }), new Map([["a", "timedOut"]]));
    expect(svg).toContain('<g class="step sink timedOut"><title>a, timedOut: task t</title>');
  });

  it("has a title and a description for those who cannot see it, and a style for dark grounds", async () => {
    const svg = await svgOf(graphOf({ id: "a", task: "t" }));
    expect(svg).toContain('role="img" aria-labelledby="title desc"');
    expect(svg).toContain('<title id="title">audit</title>');
    expect(svg).toMatch(/<desc id="desc">Look\. \(1 step;/);
    expect(svg).toContain("prefers-color-scheme:dark");
  });

  it("escapes every text, replaces what XML cannot hold, and loads nothing", async () => {
    const evil = `</title><script>alert("1")</script>&'\u0000\u0007\uD800`;
    const svg = await svgOf({ name: evil, objective: evil, steps: [{ id: evil, shell: evil }] });
    expectNested(svg);
    expect(svg).not.toMatch(/<script|href|url\(/);
    for (const bad of ["\u0000", "\u0007", "\uD800"]) expect(svg).not.toContain(bad);
    expect(svg).toContain("&lt;script&gt;");
  });

  it("cuts long work and joins its lines", async () => {
    const svg = await svgOf(graphOf({ id: "a", shell: `echo one\n${"x".repeat(5_000)}` }));
    expect(svg.length).toBeLessThan(6_000);
    expect(svg).toMatch(/>echo one x+…</);
  });

  it.each([401, drawnStepsMax])("draws a chain of %i steps, deeper than a recursive layout can go", async (count) => {
    const svg = await svgOf(chainOf(count));
    expect(countOf(svg, /<g class="step/g)).toBe(count);
    expect(countOf(svg, /class="edge needs"/g)).toBe(count - 1);
    expect(svg).not.toContain("NaN");
  });

  it("says which agent does what, also where a command runs it", async () => {
    const svg = await svgOf(
      graphOf(
        { id: "review", agent: { kind: "pi", task: "Review the changes.", ref: "package:reviewer" } },
        { id: "plan", command: ["claude", "-p", "Plan."], parser: "claude" },
      ),
    );
    expect(svg).toContain("<title>review: pi: Review the changes.</title>");
    expect(svg).toContain("<title>plan: claude: claude -p Plan.</title>");
  });

  it("lays out up to 400 layers finely and deeper graphs plainly, since the library recurses layer by layer", async () => {
    const pointsOf = (svg: string): number => countOf(svg.match(/class="edge needs" d="([^"]*)"/)?.[1] ?? "", /[ML]/g);
    expect(pointsOf(await svgOf(chainOf(400)))).toBeGreaterThan(2);
    expect(pointsOf(await svgOf(chainOf(401)))).toBe(2);
  });

  it("refuses a larger graph and names the other way", async () => {
    const failure: unknown = await svgOf(chainOf(drawnStepsMax + 1)).catch((error: unknown) => error);
    expect(isRunfoldError(failure, "graph.invalid")).toBe(true);
    expect(String(failure)).toContain("Mermaid");
  });

  it("loads the layout library only when something is drawn", () => {
    const source = readFileSync(new URL("../../../src/adapters/graphs/lay-out.ts", import.meta.url), "utf8");
    expect(source).toContain('await import("@dagrejs/dagre")');
    expect(source).not.toMatch(/^import .*dagre/m);
  });
});
