import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseGraph, parseGraphText } from "../../src/adapters/graphs/parse-graph.ts";
import type { GraphDiagnostic } from "../../src/domain/diagnostic.ts";
import type { GraphDocument, StepDocument } from "../../src/domain/graph-document.ts";
import { graphDocuments } from "../support/graph-arbitrary.ts";

const copyOf = (document: GraphDocument): GraphDocument => JSON.parse(JSON.stringify(document)) as GraphDocument;

const flag = fc.boolean();
const trust = fc.record({
  authority: fc.record({
    allowFilesystemRead: flag,
    allowExtensionCode: fc.constant(true),
    allowProjectCode: fc.constant(true),
  }),
  library: fc.record({ sources: fc.constant(["package", "user", "project"] as const) }),
});

/** Works of agents, beside the tasks that the plain documents have. */
const agentWorks = fc.oneof(
  fc.constant(undefined),
  fc.record({ shell: fc.constantFrom("ls", "claude -p x"), parser: fc.constantFrom("claude", "pi-json") }),
  fc
    .record(
      {
        kind: fc.constantFrom("pi", "codex", "acp"),
        task: fc.constantFrom("Review.", "ü"),
        ref: fc.constantFrom("package:a", "user:b-1", "project:c"),
        tools: fc.array(fc.constantFrom("read", "bash"), { maxLength: 2 }),
        extensionTools: fc.array(fc.constantFrom("search"), { maxLength: 1 }),
        model: fc.constantFrom("m", "p/m"),
        thinking: fc.constantFrom("low", "high"),
        mutationScope: fc.constantFrom("Only src/a", "Everything below src"),
        command: fc.constant(["agent", ""]),
      },
      { requiredKeys: ["kind", "task", "ref", "command"] },
    )
    .map((agent) => ({ agent })),
);

/** Documents with any mix of optional fields, canonical as `parseGraph` makes them. */
const fullDocuments = fc
  .tuple(
    graphDocuments({ stepsMax: 12 }),
    trust,
    fc.infiniteStream(agentWorks),
    fc.infiniteStream(
      fc.record(
        {
          cwd: fc.constantFrom("a", "b/c"),
          env: fc.dictionary(fc.constantFrom("A", "_b", "C9"), fc.constantFrom("", "ü", "x y"), { minKeys: 1 }),
          timeoutSeconds: fc.double({ min: 0.001, max: 36_000, noNaN: true }),
          retry: fc.record({
            attempts: fc.integer({ min: 1, max: 100 }),
            backoffSeconds: fc.integer({ min: 0, max: 3_600 }),
          }),
          onInterrupted: fc.constantFrom<"retry" | "fail">("retry", "fail"),
        },
        { requiredKeys: [] },
      ),
    ),
  )
  .map(([document, { authority, library }, works, options]): GraphDocument => {
    const steps = document.steps.map(({ id, task = id, ...step }, index): StepDocument => {
      const { cwd, env, timeoutSeconds, retry, onInterrupted } = [...options.take(index + 1)][index] ?? {};
      const work = [...works.take(index + 1)][index] ?? { task };
      return {
        id,
        ...work,
        ...step,
        ...(cwd === undefined ? {} : { cwd }),
        ...(env === undefined ? {} : { env: { ...env } }),
        ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
        ...(retry === undefined ? {} : { retry: { ...retry } }),
        ...(onInterrupted === undefined ? {} : { onInterrupted }),
      };
    });
    return { ...document, steps, authority: { ...authority }, library: { ...library } };
  });

/** Follows a JSON pointer; fails the test where it leads nowhere. */
function resolve(value: unknown, pointer: string): unknown {
  let place = value;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    expect(place).toHaveProperty([key]);
    place = (place as Record<string, unknown>)[key];
  }
  return place;
}

const errorsOf = (json: unknown): readonly GraphDiagnostic[] => {
  const parsed = parseGraph(json);
  return parsed.ok ? [] : parsed.diagnostics;
};

describe("any valid DAG", () => {
  it("comes back equal, byte for byte, and so does its text", () => {
    fc.assert(
      fc.property(fullDocuments, (document) => {
        const parsed = parseGraph(copyOf(document));
        expect(parsed.diagnostics).toEqual([]);
        expect(parsed.ok && JSON.stringify(parsed.graph.document)).toBe(JSON.stringify(document));
        const again = parseGraphText(JSON.stringify(parsed.ok && parsed.graph.document, undefined, 2));
        expect(again).toEqual(parsed);
      }),
    );
  });
});

describe("one spoiled field", () => {
  const fields = fc.constantFrom<readonly [string, readonly unknown[]]>(
    ["id", ["", "A", 5, null, {}]],
    ["task", ["", " ", 5, "a\0", []]],
    ["needs", ["s0", 5, {}, null]],
    ["after", ["s0", 5, {}, null]],
    ["cwd", ["", 5, "\0"]],
    ["env", [[], 5, "A=1"]],
    ["timeoutSeconds", [0, -1, "5", 36_001, null]],
    ["retry", [3, {}, { attempts: 0 }, []]],
    ["onInterrupted", ["never", 1]],
    ["surprise", [1]],
  );

  it("gives a finding whose pointer leads to that field, and none elsewhere but for the steps that named it", () => {
    fc.assert(
      fc.property(graphDocuments(), fc.nat(), fields, fc.nat(), (document, place, [field, values], choice) => {
        const json = copyOf(document) as unknown as { steps: Record<string, unknown>[] };
        const index = place % json.steps.length;
        const step = json.steps[index] as Record<string, unknown>;
        const id = step["id"];
        step[field] = values[choice % values.length];
        const findings = errorsOf(json);
        const own = findings.filter(({ pointer }) => pointer.startsWith(`/steps/${index}/${field}`));
        expect(own.length).toBeGreaterThan(0);
        for (const finding of findings.filter((each) => !own.includes(each))) {
          expect([finding.code, field, resolve(json, finding.pointer)]).toEqual(["dependency-unknown", "id", id]);
        }
        const present = own.filter(({ message }) => !message.includes("is missing"));
        for (const { pointer } of present) resolve(json, pointer);
      }),
    );
  });
});

describe("garbage", () => {
  it("of any shape never makes it throw, and every finding says something", () => {
    const shaped = fc.record(
      {
        name: fc.jsonValue(),
        objective: fc.jsonValue(),
        steps: fc.oneof(fc.jsonValue(), fc.array(fc.jsonValue())),
        limits: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const steps = fc.array(
      fc.record(
        {
          id: fc.oneof(fc.jsonValue(), fc.constantFrom("a", "b")),
          command: fc.jsonValue(),
          agent: fc.jsonValue(),
          needs: fc.oneof(fc.jsonValue(), fc.array(fc.oneof(fc.jsonValue(), fc.constantFrom("a", "b")))),
          env: fc.jsonValue(),
          retry: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.jsonValue(),
          shaped,
          steps.map((list) => ({ name: "a", objective: "b", steps: list })),
        ),
        (json) => {
          for (const { code, message, repair } of parseGraph(json).diagnostics) {
            expect(code).toMatch(/^[a-z-]+$/);
            expect(message).toMatch(/\.$/);
            expect(repair).toMatch(/\S/);
          }
        },
      ),
    );
  });

  it("of any text never makes it throw, and is refused exactly where JSON is", () => {
    const pieces = fc.array(
      fc.constantFrom("{", "}", "[", "]", ",", ":", '"a"', '"', "1", "-", "null", " ", "\n", "\\", "e5"),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          pieces.map((list) => list.join("")),
          fc.json(),
        ),
        (text) => {
          const codes = parseGraphText(text).diagnostics.map(({ code }) => code);
          let isJson = true;
          try {
            JSON.parse(text);
          } catch {
            isJson = false;
          }
          expect(isJson || codes.join() === "graph-json-invalid").toBe(true);
          expect(parseGraphText(text).ok).toBe(false);
        },
      ),
    );
  });

  it("with a repeated key is refused, wherever the key stands", () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), (inner, key) => {
        const name = JSON.stringify(key);
        const [finding] = parseGraphText(
          `{"x":[${inner},{${name}:1,"other${key.length}":2,${name}:${inner}}]}`,
        ).diagnostics;
        expect(finding?.code).toBe("graph-json-invalid");
        expect(finding?.message).toContain("stands twice");
      }),
    );
  });
});

describe("a planted cycle", () => {
  it("is always found, and the path that is shown really is a cycle", () => {
    fc.assert(
      fc.property(
        graphDocuments({ stepsMax: 12 }),
        fc.array(fc.nat(), { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.constantFrom<"needs" | "after">("needs", "after")),
        (document, picks, kinds) => {
          const json = copyOf(document) as unknown as { steps: { id: string; needs?: string[]; after?: string[] }[] };
          const ring = [...new Set(picks.map((pick) => pick % json.steps.length))];
          for (const [place, index] of ring.entries()) {
            const step = json.steps[index];
            const kind: "needs" | "after" = kinds.next().value;
            const target = json.steps[ring[(place + 1) % ring.length] ?? 0]?.id ?? "";
            if (step !== undefined) step[kind] = [...(step[kind] ?? []), target];
          }
          const [finding, ...others] = errorsOf(json);
          expect(finding?.code).toBe("dependency-cycle");
          expect(others).toEqual([]);
          const [, path = ""] = /: (.*)\.$/.exec(finding?.message ?? "") ?? [];
          const parts = path.split(" ");
          expect(parts.at(0)).toBe(parts.at(-1));
          for (let at = 0; at + 2 < parts.length; at += 2) {
            const kind = parts[at + 1]?.slice(1, -2) as "needs" | "after";
            const from = json.steps.find(({ id }) => id === parts[at]);
            expect(from?.[kind]).toContain(parts[at + 2]);
          }
          expect(resolve(json, finding?.pointer ?? "")).toBe(parts[2]);
        },
      ),
    );
  });
});
