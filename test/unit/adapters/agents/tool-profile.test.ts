import { describe, expect, it } from "vitest";
import type { GraphAuthority } from "../../../../src/domain/agent.ts";
import { toolProfile } from "../../../../src/adapters/executors/agents/tool-profile.ts";
import { scopeFinding } from "../../../../src/adapters/executors/agents/mutation-scope.ts";

const read: GraphAuthority = { allowFilesystemRead: true };
const all: GraphAuthority = { allowFilesystemRead: true, allowShellTools: true, allowMutationTools: true };
const suite = ["read", "grep", "find", "ls"];

const found = (profile: ReturnType<typeof toolProfile>): string[] =>
  profile.findings.map(({ code, severity, pointer }) => `${severity} ${code} ${pointer}`);

describe("the tools that a step names", () => {
  it.each([
    ["none", undefined, suite],
    ["an empty list", [], suite],
    ["one that reads", ["ls"], suite],
    ["others, in their order, each once", ["write", "bash", "grep", "write"], [...suite, "write", "bash"]],
  ])("are completed to those that read: %s", (_, tools, expected) => {
    expect(toolProfile(tools === undefined ? {} : { tools }, undefined, all)).toEqual({
      tools: expected,
      findings: [],
    });
  });

  it.each([
    [undefined, "/agent"],
    [[], "/agent/tools"],
    [["ls"], "/agent/tools/0"],
  ])("cannot be had without the right to read: %j", (tools, pointer) => {
    const profile = toolProfile(tools === undefined ? {} : { tools }, undefined, {});
    expect(found(profile)).toEqual([`error filesystem-read-authority-required ${pointer}`]);
    expect(profile.tools).toEqual([]);
  });

  it("must all be allowed, and each kind that is not is told of once, where it stands", () => {
    expect(found(toolProfile({ tools: ["read", "bash", "edit", "write"] }, undefined, read))).toEqual([
      "error shell-authority-required /agent/tools/1",
      "error mutation-authority-required /agent/tools/2",
    ]);
  });

  it("must be known, with a pointer that is right after a bad one, and be few", () => {
    const tools = ["teleport", "read", "search_web"];
    expect(found(toolProfile({ tools }, undefined, all))).toEqual([
      "error agent-tool-invalid /agent/tools/0",
      "error agent-tool-invalid /agent/tools/2",
    ]);
    expect(found(toolProfile({ tools: Array.from({ length: 25 }, () => "read") }, undefined, all))).toEqual([
      "error agent-tools-too-many /agent/tools",
    ]);
  });

  it("replace those of the definition, which adds nothing to them", () => {
    expect(toolProfile({ ref: "package:worker", tools: [] }, ["bash", "edit"], all).tools).toEqual(suite);
  });
});

describe("the tools of a definition", () => {
  const ref = "package:worker";

  it("are cut down to what is allowed, with a warning", () => {
    const profile = toolProfile({ ref }, ["read", "bash"], read);
    expect(profile.tools).toEqual(suite);
    expect(found(profile)).toEqual(["warning catalog-default-tools-capped /agent/ref"]);
    expect(profile.findings[0]?.message).toContain("without bash");
  });

  it("are denied where nothing remains", () => {
    expect(found(toolProfile({ ref }, ["read", "bash"], {}))).toEqual([
      "error catalog-default-tools-denied /agent/ref",
    ]);
    expect(found(toolProfile({ ref }, undefined, {}))).toEqual(["error catalog-default-tools-denied /agent/ref"]);
  });

  it("need those that read", () => {
    expect(found(toolProfile({ ref }, ["bash"], { allowShellTools: true }))).toEqual([
      "error filesystem-read-authority-required /agent/ref",
    ]);
  });

  it("are given as they are where all is allowed", () => {
    expect(toolProfile({ ref }, ["edit", "read"], all)).toEqual({ tools: [...suite, "edit"], findings: [] });
  });
});

describe("the scope of what may be changed", () => {
  const code = (scope: string | undefined, ref: string | undefined, tools: string[]): string | undefined =>
    scopeFinding(scope, ref, tools)?.code;

  it("is needed by whoever has tools that write, and by the worker with a shell", () => {
    expect(code(undefined, undefined, ["read", "edit"])).toBe("mutation-scope-required");
    expect(code("  ", undefined, ["write"])).toBe("mutation-scope-required");
    expect(code(undefined, undefined, ["read", "bash"])).toBeUndefined();
    expect(code(undefined, "package:worker", ["read", "bash"])).toBe("mutation-scope-required");
    expect(code(undefined, "package:worker", ["read"])).toBeUndefined();
  });

  it.each([
    "src",
    "TODO: say which files",
    "REPLACE with files",
    "TBD later on",
    "a placeholder text",
    "<files> only",
    "src/...",
  ])("must say something: %s", (scope) => {
    expect(code(scope, undefined, ["edit"])).toBe("mutation-scope-invalid");
  });

  it.each(["src/parser/** and its tests", "replace the parser in src/parse.ts"])("may be: %s", (scope) => {
    expect(code(scope, undefined, ["edit"])).toBeUndefined();
  });
});
