import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../../../src/adapters/clocks/system-clock.ts";
import { AgentLibrary } from "../../../../src/adapters/executors/agents/agent-definitions.ts";
import { agentExecutor, type AgentExecutorOptions } from "../../../../src/adapters/executors/agents/agent-executor.ts";
import type { AgentDocument, GraphAuthority } from "../../../../src/domain/agent.ts";
import type { GraphDocument, StepDocument } from "../../../../src/domain/graph-document.ts";
import { limits } from "../../../../src/domain/limits.ts";
import type { Preparation } from "../../../../src/ports/executor.ts";
import { placeWith, putFile } from "../../../support/scratch-places.ts";

const all: GraphAuthority = {
  allowFilesystemRead: true,
  allowShellTools: true,
  allowMutationTools: true,
  allowExtensionCode: true,
};
const definition = (name: string, more = ""): string =>
  `---\nname: ${name}\ndescription: Helps.\n${more}---\nYou are ${name}.\n`;

type AgentPart = Partial<AgentDocument> & { readonly cwd?: string };

async function prepare(
  agents: readonly AgentPart[],
  rest: Partial<Pick<GraphDocument, "authority" | "library">> & {
    options?: Partial<AgentExecutorOptions>;
    root?: string;
  } = {},
): Promise<Preparation> {
  const { options = {}, root = placeWith(), ...parts } = rest;
  const steps = agents.map(({ cwd, ...agent }, index): StepDocument => ({
    id: `s${index}`,
    agent: { kind: "pi", task: "Do it.", ...agent },
    ...(cwd === undefined ? {} : { cwd }),
  }));
  const graph: GraphDocument = { name: "g", objective: "o", steps, authority: all, ...parts };
  const executor = agentExecutor({ programs: [], clock: systemClock(), ...options });
  return await executor.prepare!(graph, steps, root);
}

const found = ({ findings }: Preparation): string[] =>
  findings.map(({ step, code, pointer }) => `${step} ${code} ${pointer}`);

describe("who an agent is", () => {
  it("is said exactly once, and well, in each step", async () => {
    const preparation = await prepare([
      {},
      { system: "x", ref: "package:scout" },
      { system: " " },
      { ref: "package:Scout" },
      { ref: "nowhere:scout" },
      { ref: "user:scout" },
      { ref: "package:nobody" },
      { system: "You help." },
      { ref: "package:scout" },
    ]);
    expect(found(preparation).toSorted()).toEqual([
      "s0 step-agent-invalid /agent",
      "s1 step-agent-binding-exclusive /agent",
      "s2 inline-system-required /agent/system",
      "s3 library-agent-ref-invalid /agent/ref",
      "s4 library-agent-ref-invalid /agent/ref",
      "s5 library-source-not-enabled /agent/ref",
      "s6 library-agent-unknown /agent/ref",
    ]);
    for (const { severity, repair } of preparation.findings) {
      expect(severity).toBe("error");
      expect(repair).toMatch(/\.$/);
    }
    expect(preparation.definitions.map(({ ref }) => ref)).toEqual(["package:scout"]);
  });

  it("is kept once for all steps that name it, with what its file said", async () => {
    const preparation = await prepare([{ ref: "package:scout" }, { ref: "package:scout" }, { ref: "package:critic" }]);
    expect(found(preparation)).toEqual([]);
    expect(preparation.definitions.map(({ ref, filePath }) => [ref, filePath.split("/").at(-1)])).toEqual([
      ["package:scout", "scout.md"],
      ["package:critic", "critic.md"],
    ]);
  });

  it("comes from the project only where the graph allows that", async () => {
    const root = placeWith({ ".runfold/agents/p.md": definition("planted") });
    const library = { sources: ["package", "project"] } as const;
    expect(found(await prepare([{ ref: "project:planted" }], { root, library }))).toEqual([
      "s0 project-code-authority-required /agent/ref",
    ]);
    const allowed = await prepare([{ ref: "project:planted" }], {
      root,
      library,
      authority: { ...all, allowProjectCode: true },
    });
    expect(found(allowed)).toEqual([]);
    expect(allowed.definitions).toMatchObject([{ ref: "project:planted", system: "You are planted." }]);
  });

  it("is told with what is wrong with its source, at the first step that uses it, and not without end", async () => {
    const broken = Object.fromEntries(
      Array.from({ length: limits.agentFileWarningsMax + 5 }, (_, n) => [`a${100 + n}.md`, "nothing"]),
    );
    const definitions = new AgentLibrary({ userDirectory: placeWith({ ...broken, "z.md": definition("good") }) });
    const preparation = await prepare([{ system: "x" }, { ref: "user:good" }, { ref: "user:good" }], {
      library: { sources: ["user"] },
      options: { definitions },
    });
    const [first] = preparation.findings;
    expect(first).toMatchObject({ step: "s1", code: "agent-frontmatter-invalid", severity: "warning" });
    expect(first?.message).toContain("a100.md");
    expect(preparation.findings).toHaveLength(limits.agentFileWarningsMax + 1);
    expect(preparation.findings.at(-1)).toMatchObject({ code: "agent-file-warnings-omitted", severity: "warning" });
  });

  it("is not taken from a directory of the user's that lies in the project", async () => {
    const root = placeWith({ "mine/x.md": definition("mine") });
    const definitions = new AgentLibrary({ userDirectory: join(root, "mine") });
    const preparation = await prepare([{ ref: "user:mine" }], {
      root,
      library: { sources: ["user"] },
      options: { definitions },
    });
    expect(found(preparation)).toEqual([
      "s0 user-agents-dir-project-scoped /agent/ref",
      "s0 library-agent-unknown /agent/ref",
    ]);
  });
});

describe("what an agent may do", () => {
  it("is judged in every step, also after one that is no good", async () => {
    const preparation = await prepare(
      [{}, { system: "x", tools: ["fly", "bash"] }, { system: "x", tools: ["write"] }],
      {
        authority: { allowFilesystemRead: true },
      },
    );
    expect(found(preparation)).toEqual([
      "s0 step-agent-invalid /agent",
      "s1 agent-tool-invalid /agent/tools/0",
      "s1 shell-authority-required /agent/tools/1",
      "s2 mutation-authority-required /agent/tools/0",
    ]);
  });

  it("is what its definition says, cut down; its scope goes by what is left", async () => {
    const capped = await prepare([{ ref: "package:worker" }], { authority: { allowFilesystemRead: true } });
    expect(capped.findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      "warning catalog-default-tools-capped",
    ]);
    expect(found(await prepare([{ ref: "package:worker" }]))).toEqual([
      "s0 mutation-scope-required /agent/mutationScope",
    ]);
    const shell = { allowFilesystemRead: true, allowShellTools: true };
    expect(found(await prepare([{ ref: "package:worker" }], { authority: shell }))).toContain(
      "s0 mutation-scope-required /agent/mutationScope",
    );
    expect(found(await prepare([{ ref: "package:worker", mutationScope: "src/parser/** alone" }]))).toEqual([]);
  });

  it("is no shell below settings of the project, its own directory or one above", async () => {
    const root = placeWith({ "a/.pi/settings.json": "{}", "a/b/file": "", "c/file": "" });
    symlinkSync("/nowhere", join(root, "c", ".pi"));
    mkdirSync(join(root, "d", ".pi"), { recursive: true });
    symlinkSync("/nowhere", join(root, "d", ".pi", "settings.json"));
    const bash = { system: "x", tools: ["bash"] };
    const agents = ["a", "a/b", "c", "d", "."].map((cwd) => ({ ...bash, cwd }));
    expect(found(await prepare([...agents, { system: "x", cwd: "a" }], { root }))).toEqual(
      ["s0", "s1", "s3"].map((step) => `${step} bash-project-settings-denied /agent/tools`),
    );
  });
});

describe("tools of extensions", () => {
  const outside = (): string => placeWith({ "ext.js": "export default 1;", "dir/a.js": "a" });

  it("need the graph's leave and a host that offers any", async () => {
    const asked = { system: "x", extensionTools: ["web"] };
    expect(found(await prepare([asked], { authority: { allowFilesystemRead: true } }))).toEqual([
      "s0 extension-code-authority-required /agent/extensionTools",
    ]);
    expect(found(await prepare([asked]))).toEqual(["s0 extension-tool-inventory-unavailable /agent/extensionTools"]);
  });

  it("are looked at one by one", async () => {
    const place = outside();
    const extensions = new Map([
      ["web", join(place, "ext.js")],
      ["lost", join(place, "lost.js")],
      ["dir", join(place, "dir")],
    ]);
    const extensionTools = ["web", "web", "read", "no spaces", "unknown", "lost", "dir"];
    const preparation = await prepare([{ system: "x", extensionTools }], { options: { extensions } });
    expect(found(preparation)).toEqual([
      "s0 extension-tool-duplicate /agent/extensionTools/1",
      "s0 extension-tool-reserved /agent/extensionTools/2",
      "s0 extension-tool-name-invalid /agent/extensionTools/3",
      "s0 extension-tool-unavailable /agent/extensionTools/4",
      "s0 extension-tool-source-unloadable /agent/extensionTools/5",
    ]);
  });

  it("are not too many, the built-in ones counted", async () => {
    const extensions = new Map([["web", join(outside(), "ext.js")]]);
    const extensionTools = Array.from({ length: limits.agentToolsMax - 3 }, (_, n) => `t${n}`);
    expect(found(await prepare([{ system: "x", extensionTools }], { options: { extensions } }))).toEqual([
      "s0 extension-tools-too-many /agent/extensionTools",
    ]);
  });

  it("come from the project, or from the workspace around it, only with its leave", async () => {
    const workspace = placeWith({ ".git/HEAD": "", "local.js": "1", "project/own.js": "2" });
    const root = join(workspace, "project");
    const link = join(outside(), "link.js");
    symlinkSync(join(root, "own.js"), link);
    const extensions = new Map([
      ["own", join(root, "own.js")],
      ["linked", link],
      ["local", join(workspace, "local.js")],
    ]);
    const asked = { system: "x", extensionTools: ["own", "linked", "local"] };
    expect(found(await prepare([asked], { root, options: { extensions } }))).toEqual([
      "s0 extension-tool-project-denied /agent/extensionTools/0",
      "s0 extension-tool-project-denied /agent/extensionTools/1",
      "s0 extension-tool-local-denied /agent/extensionTools/2",
    ]);
    const authority = { ...all, allowProjectCode: true };
    expect(found(await prepare([asked], { root, authority, options: { extensions } }))).toEqual([]);
  });
});

describe("skills", () => {
  it("are given as a whole or not at all, which is told once", async () => {
    const place = placeWith({ "a/SKILL.md": "a" });
    const skills = [
      { name: "a", path: join(place, "a") },
      { name: "a", path: join(place, "a") },
      { name: "b", path: join(place, "b") },
    ];
    expect(found(await prepare([{ system: "x" }, { system: "y" }], { options: { skills } }))).toEqual([
      "s0 caller-skills-ambiguous /agent",
      "s0 caller-skill-source-unavailable /agent",
    ]);
    expect(found(await prepare([{ system: "x" }], { options: { skills: skills.slice(0, 1) } }))).toEqual([]);
    expect(found(await prepare([{ system: "x" }], { options: { skills: [] } }))).toEqual([]);
  });

  it("are not too many, and not the project's without its leave", async () => {
    const root = placeWith();
    const path = putFile(root, "skill/SKILL.md", "x");
    const many = Array.from({ length: limits.agentSkillsMax + 1 }, (_, n) => ({ name: `s${n}`, path }));
    expect(found(await prepare([{ system: "x" }], { options: { skills: many } }))).toEqual([
      "s0 subagent-skills-too-many /agent",
    ]);
    const skills = [{ name: "own", path }];
    expect(found(await prepare([{ system: "x" }], { root, options: { skills } }))).toEqual([
      "s0 caller-skills-project-code-authority-required /agent",
    ]);
    const authority = { ...all, allowProjectCode: true };
    expect(found(await prepare([{ system: "x" }], { root, authority, options: { skills } }))).toEqual([]);
  });
});

it("takes time in proportion to the steps", async () => {
  const many = Array.from({ length: 20_000 }, () => ({ ref: "package:scout", tools: ["bash"] }));
  const preparation = await prepare(many);
  expect(preparation).toMatchObject({ findings: [], definitions: [{ ref: "package:scout" }] });
});
