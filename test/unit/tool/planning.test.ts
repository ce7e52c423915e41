import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { openRuntime } from "runfold";
import { createTeamTool } from "runfold/tool";
import type { TeamResult } from "runfold/tool";
import { agentWorld } from "./agent-world.ts";
import { teamInput, teamStep, teamWorld, workspace } from "./team-world.ts";

const inline = (rest: Record<string, unknown> = {}) => ({ system: "You help.", ...rest });
const places = ({ details }: TeamResult): string[] => details.diagnostics.map(({ code, path }) => `${code} ${path}`);
const all = { allowFilesystemRead: true, allowShellTools: true, allowMutationTools: true, allowExtensionCode: true };

type Graph = Record<string, unknown>;
const table: [string, Graph, string[]][] = [
  [
    "a blank objective and a blank system prompt",
    teamInput([teamStep("a", { agent: inline({ system: " " }) })], { objective: " " }),
    ["graph-objective-required /graph/objective", "inline-system-required /graph/steps/0/agent/system"],
  ],
  ["a blank task", teamInput([teamStep("a", { task: " " })]), ["step-task-required /graph/steps/0/task"]],
  ["an agent that is nobody", teamInput([teamStep("a", { agent: {} })]), ["step-agent-invalid /graph/steps/0/agent"]],
  [
    "an agent that is described twice",
    teamInput([teamStep("a", { agent: inline({ ref: "package:scout" }) })]),
    ["step-agent-binding-exclusive /graph/steps/0/agent"],
  ],
  [
    "a reference into a source that is not enabled",
    teamInput([teamStep("a", { agent: { ref: "user:me" } })]),
    ["library-source-not-enabled /graph/steps/0/agent/ref"],
  ],
  [
    "a malformed reference",
    teamInput([teamStep("a", { agent: { ref: "nowhere" } })]),
    ["library-agent-ref-invalid /graph/steps/0/agent/ref"],
  ],
  [
    "an unknown agent",
    teamInput([teamStep("a", { agent: { ref: "package:nobody" } })]),
    ["library-agent-unknown /graph/steps/0/agent/ref"],
  ],
  [
    "project agents without the authority",
    teamInput([teamStep("a")], { library: { sources: ["project"] } }),
    ["project-code-authority-required /graph/library/sources"],
  ],
  [
    "a cycle of one after and one needs",
    teamInput([teamStep("a", { after: ["b"] }), teamStep("b", { needs: ["a"] })]),
    ["dependency-cycle /graph/steps/0/after/0"],
  ],
  [
    "a step that needs itself",
    teamInput([teamStep("a", { needs: ["a"] })]),
    ["dependency-cycle /graph/steps/0/needs/0"],
  ],
  ["two steps of one id", teamInput([teamStep("a"), teamStep("a")]), ["step-id-duplicate /graph/steps/1/id"]],
  [
    "a broken first step, and a second one with an unknown need: both at their own places",
    teamInput([teamStep("a", { agent: {} }), teamStep("b", { needs: ["a", "c"] })]),
    ["step-agent-invalid /graph/steps/0/agent", "dependency-unknown /graph/steps/1/needs/1"],
  ],
  ...[undefined, [], ["read"]].map((tools): [string, Graph, string[]] => [
    `an agent with the tools ${JSON.stringify(tools)} that may not read`,
    teamInput([teamStep("a", { agent: inline(tools === undefined ? {} : { tools }) })], { authority: {} }),
    [
      `filesystem-read-authority-required /graph/steps/0/agent${tools === undefined ? "" : tools.length === 0 ? "/tools" : "/tools/0"}`,
    ],
  ]),
  [
    "a definition of whose tools nothing is allowed",
    teamInput([teamStep("a", { agent: { ref: "package:scout" } })], { authority: {} }),
    ["catalog-default-tools-denied /graph/steps/0/agent/ref"],
  ],
  [
    "tools that the graph does not allow",
    teamInput([
      teamStep("a", { agent: inline({ tools: ["bash", "edit"] }), mutationScope: "Only the file notes.txt" }),
    ]),
    [
      "shell-authority-required /graph/steps/0/agent/tools/0",
      "mutation-authority-required /graph/steps/0/agent/tools/1",
    ],
  ],
  [
    "an agent that may write, without a scope",
    teamInput([teamStep("a", { agent: inline({ tools: ["write"] }) })], { authority: all }),
    ["mutation-scope-required /graph/steps/0/mutationScope"],
  ],
  [
    "a scope that nobody filled in",
    teamInput([teamStep("a", { agent: inline({ tools: ["write"] }), mutationScope: "TODO the files" })], {
      authority: all,
    }),
    ["mutation-scope-invalid /graph/steps/0/mutationScope"],
  ],
  [
    "the worker with the shell alone, without a scope",
    teamInput([teamStep("a", { agent: { ref: "package:worker", tools: ["bash"] } })], { authority: all }),
    ["mutation-scope-required /graph/steps/0/mutationScope"],
  ],
  ["a directory outside", teamInput([teamStep("a", { cwd: "../x" })]), ["cwd-path-escape-denied /graph/steps/0/cwd"]],
  ["a file outside", teamInput([teamStep("a", { cwd: "/etc/passwd" })]), ["cwd-path-escape-denied /graph/steps/0/cwd"]],
  ["a directory that is none", teamInput([teamStep("a", { cwd: "file" })]), ["cwd-not-directory /graph/steps/0/cwd"]],
  [
    "a directory that is a symlink",
    teamInput([teamStep("a", { cwd: "link" })]),
    ["cwd-symlink-denied /graph/steps/0/cwd"],
  ],
  ["a directory that is not there", teamInput([teamStep("a", { cwd: "none" })]), ["cwd-unreadable /graph/steps/0/cwd"]],
  [
    "tools of extensions without the authority",
    teamInput([teamStep("a", { agent: inline({ extensionTools: ["web"] }) })]),
    ["extension-code-authority-required /graph/steps/0/agent/extensionTools"],
  ],
];

describe("a graph with", () => {
  test.each(table)("%s is not started", async (_what, graph, expected) => {
    const { root, start, runtime } = await agentWorld();
    await mkdir(join(root, "real"));
    await writeFile(join(root, "file"), "");
    await symlink("real", join(root, "link"));
    const result = await start(graph);
    expect(result.details.error?.code).toBe("start-planning-failed");
    expect(places(result)).toEqual(expected);
    expect(await runtime.list()).toEqual([]);
  });

  test("a cycle shows the kind of every edge of it, in order", async () => {
    const { start } = await agentWorld();
    const { details } = await start(teamInput([teamStep("a", { after: ["b"] }), teamStep("b", { needs: ["a"] })]));
    expect(details.diagnostics[0]?.message).toContain("a -after-> b -needs-> a");
  });

  test.each<[string, Graph, string[]]>([
    [
      "a scope that says something",
      teamInput([teamStep("a", { agent: inline({ tools: ["write"] }), mutationScope: "Only the file notes.txt" })], {
        authority: all,
      }),
      [],
    ],
    [
      "the worker that may only read, without a scope",
      teamInput([teamStep("a", { agent: { ref: "package:worker", tools: ["read"] } })]),
      [],
    ],
    ["one dependency twice in a list", teamInput([teamStep("a"), teamStep("b", { needs: ["a", "a"] })]), []],
    ["one dependency in both lists", teamInput([teamStep("a"), teamStep("b", { needs: ["a"], after: ["a"] })]), []],
  ])("%s is started", async (_what, graph) => {
    const { start } = await agentWorld();
    expect((await start(graph)).text).toContain("start: ok");
  });

  test("a definition that would have more tools than the graph allows runs with fewer, and says so in every result", async () => {
    const { start, tool } = await agentWorld();
    const graph = teamInput([
      teamStep("a", { agent: { ref: "package:worker" }, mutationScope: "Only the file notes.txt" }),
    ]);
    const started = await start(graph);
    expect(started).toMatchObject({ ok: true, details: { diagnostics: [{ code: "catalog-default-tools-capped" }] } });
    expect(started.details.steps[0]?.effectiveTools).toEqual(["read", "grep", "find", "ls"]);
    const status = await tool.call({ action: "run_status", runId: "r1" }, { session: "one" });
    expect(status.details.diagnostics).toMatchObject([{ code: "catalog-default-tools-capped", severity: "warning" }]);
  });

  test("the shell below settings of a project is not started", async () => {
    const { root, start } = await agentWorld();
    await mkdir(join(root, ".pi"));
    await writeFile(join(root, ".pi/settings.json"), "{}");
    const result = await start(
      teamInput([teamStep("a", { agent: inline({ tools: ["bash"] }), mutationScope: "Only the file notes.txt" })], {
        authority: all,
      }),
    );
    expect(places(result)).toEqual(["bash-project-settings-denied /graph/steps/0/agent/tools"]);
  });

  test("a tool of an extension of the project needs the project's authority", async () => {
    const root = await workspace();
    const path = join(root, "web.js");
    await writeFile(path, "export default () => {};\n");
    const runtime = await openRuntime({ root, agents: { extensionTools: { web: path } } });
    onTestFinished(() => runtime.close());
    const tool = createTeamTool(runtime, { root });
    const graph = teamInput([teamStep("a", { agent: inline({ extensionTools: ["web"] }) })], { authority: all });
    const denied = await tool.call({ action: "start", graph });
    expect(places(denied)).toEqual(["extension-tool-project-denied /graph/steps/0/agent/extensionTools/0"]);
  });

  test("a skill that cannot be read is not started at all", async () => {
    const { start } = await agentWorld({ agents: { skills: [{ name: "gone", path: "/nowhere/SKILL.md" }] } });
    const { details } = await start(teamInput([teamStep("a")]));
    expect([details.error?.code, details.diagnostics.length]).toEqual(["start-planning-failed", 1]);
  });
});

describe("a start that is denied", () => {
  test("by a call that was given up already takes no run id", async () => {
    const { call, start } = await teamWorld();
    const graph = teamInput([teamStep("a")]);
    const given = { session: "one", signal: AbortSignal.abort() };
    expect((await call({ action: "start", graph }, given)).details.error?.code).toBe("start-aborted-before-run-id");
    await call({ action: "start", graph: teamInput([teamStep("a", { needs: ["b"] })]) });
    expect(await start([teamStep("a")])).toBe("r1");
  });
});
