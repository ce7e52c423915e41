import { execFileSync } from "node:child_process";
import { mkdirSync, symlinkSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { AgentLibrary } from "../../../../src/adapters/executors/agents/agent-definitions.ts";
import type { SourceAgents } from "../../../../src/adapters/executors/agents/agent-directory.ts";
import { toolClassOf } from "../../../../src/adapters/executors/agents/built-in-tools.ts";
import { limits } from "../../../../src/domain/limits.ts";
import { placeWith, putFile } from "../../../support/scratch-places.ts";

const file = (front: string, body = "You help."): string => `---\n${front}\n---\n\n${body}\n`;
const good = (name: string, more = ""): string => file(`name: ${name}\ndescription: Helps.${more}`);

async function user(files: Record<string, string>): Promise<SourceAgents & { place: string }> {
  const place = placeWith(files);
  const agents = await new AgentLibrary({ userDirectory: place }).read("user", placeWith());
  return { definitions: agents.definitions, findings: agents.findings, place };
}

const codes = ({ findings }: SourceAgents): string[] => findings.map(({ code, severity }) => `${severity} ${code}`);

describe("agent files", () => {
  it("define agents with all that they may say", async () => {
    const front =
      "\nname: careful\ndescription: |\n  Looks twice.\ntools: read, bash\nmodel: some/model\nthinking: high\ntags: [a, b]";
    const { definitions, findings, place } = await user({
      "x.md": `\uFEFF${file(front, "You look.\n---\nTwice.")}`.replaceAll("\n", "\r\n"),
    });
    expect(findings).toEqual([]);
    expect(definitions).toEqual([
      {
        ref: "user:careful",
        name: "careful",
        description: "Looks twice.",
        source: "user",
        filePath: join(place, "x.md"),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        system: "You look.\n---\nTwice.",
        tools: ["read", "bash"],
        model: "some/model",
        thinking: "high",
        tags: ["a", "b"],
      },
    ]);
  });

  it("take thinking and model of whoever runs them where they say inherit", async () => {
    const { definitions } = await user({ "x.md": good("one", "\nthinking: inherit\nmodel: inherit\ntools: []") });
    expect(definitions[0]).toMatchObject({ name: "one", tools: [] });
    expect(definitions[0]).not.toHaveProperty("thinking");
    expect(definitions[0]).not.toHaveProperty("model");
  });

  it.each([
    ["no front matter", "You help.", "agent-frontmatter-invalid"],
    ["no end of it", "---\nname: x\n", "agent-frontmatter-invalid"],
    ["no YAML", file("name: [x"), "agent-frontmatter-invalid"],
    ["no record", file("- name"), "agent-frontmatter-invalid"],
    ["the same field twice", file("name: x\nname: y\ndescription: d"), "agent-frontmatter-invalid"],
    ["an alias", file("name: &x x\ndescription: *x"), "agent-frontmatter-invalid"],
    ["no description", file("name: x"), "agent-frontmatter-invalid"],
    ["no prompt", file("name: x\ndescription: d", " "), "agent-frontmatter-invalid"],
    ["no name", file("description: d"), "agent-name-invalid"],
    ["a name that is none", file("name: Big One\ndescription: d"), "agent-name-invalid"],
    ["tools of extensions", good("x", "\nextensionTools: [web]"), "agent-extension-tools-denied"],
    ["skills", good("x", "\nskills: [web]"), "agent-caller-skills-denied"],
    ["thinking that is none", good("x", "\nthinking: a-lot"), "agent-thinking-invalid"],
    ["tools that are none", good("x", "\ntools: [read, fly]"), "agent-tools-invalid"],
    ["tools that are no list", good("x", "\ntools: { read: true }"), "agent-tools-invalid"],
    ["tags that are no words", good("x", "\ntags: [1]"), "agent-tags-invalid"],
  ])("are left out with a warning, and stop no other: %s", async (_, text, code) => {
    const agents = await user({ "a.md": text, "b.md": good("other") });
    expect(codes(agents)).toEqual([`warning ${code}`]);
    expect(agents.findings[0]?.path).toBe(join(agents.place, "a.md"));
    expect(agents.definitions.map(({ ref }) => ref)).toEqual(["user:other"]);
  });

  it("are told of, and used, where they only say something that nobody knows", async () => {
    const agents = await user({ "a.md": good("x", "\ncolor: red") });
    expect(codes(agents)).toEqual(["warning agent-field-unknown"]);
    expect(agents.definitions).toHaveLength(1);
  });

  it("do not nest so deep that reading them brings anything down", async () => {
    expect(codes(await user({ "a.md": good("x", `\ntags: ${"[".repeat(20_000)}`) }))).toEqual([
      "warning agent-frontmatter-invalid",
    ]);
  });

  it("of the same name count once, the first by the names of the files", async () => {
    const agents = await user({ "b.md": good("x"), "a.md": good("x", "\ntags: [first]") });
    expect(codes(agents)).toEqual(["warning agent-ref-duplicate"]);
    expect(agents.definitions.map(({ tags }) => tags)).toEqual([["first"]]);
  });

  it("are not read where they are too large, no files, or symlinks", async () => {
    const place = placeWith({ "big.md": good("big"), "elsewhere.txt": good("linked"), "fine.md": good("fine") });
    truncateSync(join(place, "big.md"), limits.agentFileBytesMax + 1);
    mkdirSync(join(place, "directory.md"));
    execFileSync("mkfifo", [join(place, "pipe.md")]);
    symlinkSync(join(place, "elsewhere.txt"), join(place, "link.md"));
    const agents = await new AgentLibrary({ userDirectory: place }).read("user", placeWith());
    expect(codes(agents)).toEqual([
      "warning agent-file-too-large",
      "warning agent-read-failed",
      "warning user-agent-symlink-denied",
      "warning agent-read-failed",
    ]);
    expect(agents.definitions.map(({ name }) => name)).toEqual(["fine"]);
  });

  it("are read up to a number, and what is left out is told", async () => {
    const files = Array.from({ length: limits.agentFilesMax + 2 }, (_, n) => [
      `${String(n).padStart(5, "0")}.md`,
      good(`a${n}`),
    ]);
    const agents = await user(Object.fromEntries(files) as Record<string, string>);
    expect(agents.definitions).toHaveLength(limits.agentFilesMax);
    expect(agents.findings.map(({ code, message }) => [code, message])).toEqual([
      ["agent-files-too-many", expect.stringContaining("last 2")],
    ]);
  });
});

describe("the sources of agents", () => {
  it("bring good agents along with the package", async () => {
    const { definitions, findings } = await new AgentLibrary().read("package", placeWith());
    expect(findings).toEqual([]);
    const names = definitions.map(({ name }) => name);
    expect(names).toEqual(["critic", "planner", "reviewer", "scout", "synthesizer", "worker"]);
    const changing = definitions.filter(({ tools = [] }) => tools.some((tool) => toolClassOf(tool) !== "read"));
    expect(changing.map(({ name }) => name)).toEqual(["worker"]);
  });

  it("may be missing, and say so where they cannot be listed", async () => {
    const library = new AgentLibrary({ userDirectory: join(placeWith(), "missing") });
    expect(await library.readAll(["user", "project"], placeWith())).toEqual({ definitions: [], findings: [] });
    const place = placeWith({ file: "" });
    expect(codes(await new AgentLibrary({ userDirectory: join(place, "file") }).read("user", placeWith()))).toEqual([
      "warning agent-dir-list-failed",
    ]);
  });

  it("find the agents of a project below its root", async () => {
    const root = placeWith({ ".runfold/agents/one.md": good("one") });
    const { definitions } = await new AgentLibrary().read("project", root);
    expect(definitions.map(({ ref, source }) => [ref, source])).toEqual([["project:one", "project"]]);
  });

  it.each([".runfold", ".runfold/agents"])("do not follow a project out of itself, by %s", async (name) => {
    const outside = placeWith({ "one.md": good("one"), "agents/one.md": good("one") });
    const root = placeWith();
    if (name !== ".runfold") mkdirSync(join(root, ".runfold"));
    symlinkSync(outside, join(root, name));
    const agents = await new AgentLibrary().read("project", root);
    expect(codes(agents)).toEqual(["warning project-agents-symlink-denied"]);
    expect(agents.definitions).toEqual([]);
  });

  it("refuse a directory of the user's that lies in the project, also by a symlink", async () => {
    const root = placeWith();
    putFile(root, "mine/one.md", good("one"));
    const link = join(placeWith(), "link");
    symlinkSync(join(root, "mine"), link);
    for (const userDirectory of [join(root, "mine"), join(root, "not-there-yet"), link]) {
      const agents = await new AgentLibrary({ userDirectory }).read("user", root);
      expect(codes(agents)).toEqual(["error user-agents-dir-project-scoped"]);
      expect(agents.definitions).toEqual([]);
    }
  });
});
