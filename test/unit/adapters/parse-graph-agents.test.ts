import { describe, expect, it } from "vitest";
import type { GraphDiagnostic } from "../../../src/domain/diagnostic.ts";
import { parseGraph, type ParsedGraph } from "../../../src/adapters/graphs/parse-graph.ts";
import { limits } from "../../../src/domain/limits.ts";

const pi = { kind: "pi", task: "Review.", system: "Be brief." };
/** A graph of one agent step that is fine but for these fields of the agent and of the graph. */
const graphWith = (agent: unknown, graph: object = {}): object => ({
  name: "audit",
  objective: "Look.",
  steps: [{ id: "a", agent }],
  ...graph,
});
const found = ({ diagnostics }: ParsedGraph): string[] => diagnostics.map(({ code, pointer }) => `${code} ${pointer}`);
const only = (parsed: ParsedGraph): GraphDiagnostic => {
  expect(found(parsed)).toHaveLength(1);
  return parsed.diagnostics[0] as GraphDiagnostic;
};

describe("an agent", () => {
  it.each<[string, object, object?]>([
    ["an inline agent", pi],
    ["an agent of the package", { kind: "pi", task: "x", ref: "package:reviewer" }],
    ["an agent of the user", { kind: "pi", task: "x", ref: "user:mine" }, { library: { sources: ["user"] } }],
    [
      "an agent of a trusted project",
      { kind: "pi", task: "x", ref: "project:local" },
      { library: { sources: ["project"] }, authority: { allowProjectCode: true } },
    ],
    ["an agent of another kind, which brings its own prompt", { kind: "codex", task: "x" }],
    ["an agent over a protocol, with its program", { kind: "acp", task: "x", command: ["gemini", "--acp"] }],
    [
      "extension tools that are allowed",
      { ...pi, extensionTools: ["search"] },
      { authority: { allowExtensionCode: true } },
    ],
    ["no extension tools, written down", { ...pi, extensionTools: [] }],
    ["a scope", { ...pi, mutationScope: "Only src/a -> dist/a, if x < y" }],
    ["the shortest scope", { ...pi, mutationScope: "s".repeat(limits.mutationScopeCharsMin) }],
  ])("may be %s", (_, agent, graph) => {
    expect(parseGraph(graphWith(agent, graph)).diagnostics).toEqual([]);
  });

  it.each<[object | unknown[], string, object?]>([
    [["pi"], "input-schema-invalid /steps/0/agent"],
    [{ kind: "pi", system: "x" }, "step-task-required /steps/0/agent/task"],
    [{ ...pi, task: " " }, "step-task-required /steps/0/agent/task"],
    [{ ...pi, kind: "Pi!" }, "public-id-invalid /steps/0/agent/kind"],
    [{ ...pi, tools: ["a", ""] }, "input-schema-invalid /steps/0/agent/tools/1"],
    [{ ...pi, tools: "read" }, "input-schema-invalid /steps/0/agent/tools"],
    [{ ...pi, system: " \n" }, "inline-system-required /steps/0/agent/system"],
    [{ ...pi, system: 5 }, "input-schema-invalid /steps/0/agent/system"],
    [{ kind: "pi", task: "x" }, "step-agent-invalid /steps/0/agent"],
    [{ ...pi, ref: "package:a" }, "step-agent-binding-exclusive /steps/0/agent"],
    [{ kind: "codex", task: "x", system: "x", ref: "package:a" }, "step-agent-binding-exclusive /steps/0/agent"],
    [{ kind: "pi", task: "x", ref: "reviewer" }, "library-agent-ref-invalid /steps/0/agent/ref"],
    [{ kind: "pi", task: "x", ref: "package:" }, "library-agent-ref-invalid /steps/0/agent/ref"],
    [{ kind: "pi", task: "x", ref: "package:Bad" }, "library-agent-ref-invalid /steps/0/agent/ref"],
    [{ kind: "pi", task: "x", ref: `package:${"a".repeat(64)}` }, "library-agent-ref-invalid /steps/0/agent/ref"],
    [{ kind: "pi", task: "x", ref: "web:a" }, "library-agent-ref-invalid /steps/0/agent/ref"],
    [{ kind: "pi", task: "x", ref: "" }, "library-agent-ref-invalid /steps/0/agent/ref"],
    [{ kind: "pi", task: "x", ref: 5 }, "input-schema-invalid /steps/0/agent/ref"],
    [{ kind: "pi", task: "x", ref: "user:a" }, "library-source-not-enabled /steps/0/agent/ref"],
    [
      { kind: "pi", task: "x", ref: "package:a" },
      "library-source-not-enabled /steps/0/agent/ref",
      { library: { sources: ["user"] } },
    ],
    [{ kind: "acp", task: "x" }, "step-agent-command-required /steps/0/agent"],
    [{ kind: "acp", task: "x", command: [] }, "step-agent-command-required /steps/0/agent/command"],
    [{ kind: "acp", task: "x", command: [" "] }, "step-agent-command-required /steps/0/agent/command/0"],
    [{ kind: "acp", task: "x", command: ["a", 1] }, "input-schema-invalid /steps/0/agent/command/1"],
    [{ ...pi, extensionTools: ["a"] }, "extension-code-authority-required /steps/0/agent/extensionTools"],
    [{ ...pi, mutationScope: "" }, "mutation-scope-invalid /steps/0/agent/mutationScope"],
    [{ ...pi, mutationScope: " src/a   " }, "mutation-scope-invalid /steps/0/agent/mutationScope"],
    [{ ...pi, mutationScope: "TODO: say what" }, "mutation-scope-invalid /steps/0/agent/mutationScope"],
    [{ ...pi, mutationScope: "REPLACE THIS" }, "mutation-scope-invalid /steps/0/agent/mutationScope"],
    [{ ...pi, mutationScope: "TBD, later on" }, "mutation-scope-invalid /steps/0/agent/mutationScope"],
    [{ ...pi, mutationScope: "a placeholder text" }, "mutation-scope-invalid /steps/0/agent/mutationScope"],
    [{ ...pi, mutationScope: "Only <directory>" }, "mutation-scope-invalid /steps/0/agent/mutationScope"],
    [{ ...pi, mutationScope: "Only src/..., and tests" }, "mutation-scope-invalid /steps/0/agent/mutationScope"],
    [{ ...pi, skills: ["a"] }, "input-schema-invalid /steps/0/agent/skills"],
  ])("is refused when it is wrong: case %#", (agent, expected, graph) => {
    expect(found(parseGraph(graphWith(agent, graph)))).toEqual([expected]);
  });

  it("is told what it needs in words about itself", () => {
    const { message, repair } = only(parseGraph(graphWith({ kind: "pi", task: "x", ref: "user:mine" })));
    expect(message).toBe('Step "a": "agent.ref" is from "user", which is not among the sources of the graph.');
    expect(repair).toBe('Add "user" to "library.sources".');
  });

  it("with a misspelled field is answered with the field that was meant", () => {
    expect(only(parseGraph(graphWith({ ...pi, mutation_scope: "x" }))).repair).toContain('"mutationScope"');
    expect(only(parseGraph(graphWith({ ...pi, extension_tools: [] }))).repair).toContain('"extensionTools"');
    expect(only(parseGraph(graphWith({ ...pi, instructions: "x" }))).repair).toContain('"system"');
    expect(only(parseGraph(graphWith(pi, { permissions: {} }))).repair).toContain('"authority"');
  });

  it("is not judged by a library or an authority that is broken itself", () => {
    const agent = { kind: "pi", task: "x", ref: "user:a", extensionTools: ["a"] };
    expect(found(parseGraph(graphWith(agent, { library: 5, authority: [] })))).toEqual([
      "input-schema-invalid /authority",
      "input-schema-invalid /library",
    ]);
  });
});

describe("what a graph trusts its agents with", () => {
  it.each<[object, string]>([
    [{ authority: { allowShellTools: "yes" } }, "input-schema-invalid /authority/allowShellTools"],
    [{ authority: { allowEverything: true } }, "input-schema-invalid /authority/allowEverything"],
    [{ library: { sources: [] } }, "input-schema-invalid /library/sources"],
    [{ library: { sources: ["web"] } }, "input-schema-invalid /library/sources/0"],
    [{ library: { sources: "package" } }, "input-schema-invalid /library/sources"],
    [{ library: { sources: ["project"] } }, "project-code-authority-required /library/sources"],
  ])("is refused when it is wrong: case %#", (graph, expected) => {
    expect(found(parseGraph({ ...graphWith(pi), ...graph }))).toEqual([expected]);
  });

  it("names the step, too, that asks for an agent of a project that is not trusted", () => {
    const agent = { kind: "pi", task: "x", ref: "project:a" };
    expect(found(parseGraph(graphWith(agent, { library: { sources: ["project"] } })))).toEqual([
      "project-code-authority-required /steps/0/agent/ref",
      "project-code-authority-required /library/sources",
    ]);
  });

  it("becomes canonical: fields in one order, sources once, nothing where nothing is said", () => {
    const graph = {
      library: { sources: ["user", "package", "user"] },
      authority: { allowMutationTools: true, allowFilesystemRead: true, allowShellTools: false },
    };
    const agent = { mutationScope: "Only src/a", ref: "user:a", task: "x", kind: "pi", command: ["a"], tools: [] };
    const parsed = parseGraph(graphWith(agent, graph));
    expect(JSON.stringify(parsed.ok && parsed.graph.document)).toBe(
      '{"name":"audit","objective":"Look.","steps":[{"id":"a","agent":{"kind":"pi","task":"x","ref":"user:a","tools":[],' +
        '"mutationScope":"Only src/a","command":["a"]}}],"authority":{"allowFilesystemRead":true,"allowShellTools":false,' +
        '"allowMutationTools":true},"library":{"sources":["user","package"]}}',
    );
    const empty = parseGraph(graphWith(pi, { library: {}, authority: {} }));
    expect(empty.ok && Object.keys(empty.graph.document)).toEqual(["name", "objective", "steps"]);
  });
});
