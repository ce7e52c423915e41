import { describe, expect, it } from "vitest";
import { agentCatalog } from "../../../../src/adapters/executors/agents/agent-catalog.ts";
import { AgentLibrary } from "../../../../src/adapters/executors/agents/agent-definitions.ts";
import { placeWith } from "../../../support/scratch-places.ts";

const agent = (name: string, description: string, tags = "[]"): string =>
  `---\nname: ${name}\ndescription: ${description}\ntags: ${tags}\n---\nYou are ${name}.\n`;

const library = (): AgentLibrary =>
  new AgentLibrary({
    packageDirectory: placeWith({
      "a.md": agent("reader", "Knows how to review code for security."),
      "b.md": agent("review", "Judges."),
      "c.md": agent("other", "Does something else.", "[review]"),
    }),
    userDirectory: placeWith({ "d.md": agent("mine", "Reads code.") }),
  });

describe("the catalogue of agents", () => {
  it("lists the package's, with where they come from and without their prompts", async () => {
    const { agents, findings } = await agentCatalog(library(), placeWith());
    expect(findings).toEqual([]);
    expect(agents.map(({ ref, score }) => [ref, score])).toEqual([
      ["package:reader", 0],
      ["package:review", 0],
      ["package:other", 0],
    ]);
    expect(agents[0]).toMatchObject({
      source: "package",
      filePath: expect.stringMatching(/a\.md$/),
      sha256: expect.any(String),
    });
    expect(JSON.stringify(agents)).not.toContain("You are");
  });

  it("ranks names above tags, and tags above the rest, and leaves out what does not match", async () => {
    const sources = ["package", "user"] as const;
    const refs = async (query: string): Promise<string[]> =>
      (await agentCatalog(library(), placeWith(), { sources, query })).agents.map(({ ref }) => ref);
    expect(await refs("Review!")).toEqual(["package:review", "package:other", "package:reader"]);
    // The very phrase stands in the text of the reader alone, but a name outweighs it.
    expect(await refs("review code")).toEqual(["package:review", "package:reader", "package:other", "user:mine"]);
    expect(await refs("code that can")).toEqual(["package:reader", "user:mine"]);
    expect(await refs("the for of")).toEqual([]);
    expect(await refs("nowhere")).toEqual([]);
  });

  it("shows agents of the project to those alone who trust it", async () => {
    const root = placeWith({ ".runfold/agents/p.md": agent("planted", "Is from the project.") });
    const denied = await agentCatalog(library(), root, { sources: ["project"] });
    expect(denied.agents).toEqual([]);
    expect(denied.findings).toMatchObject([{ code: "project-agents-denied", severity: "info" }]);
    const { agents } = await agentCatalog(library(), root, { sources: ["project"], allowProject: true });
    expect(agents.map(({ ref }) => ref)).toEqual(["project:planted"]);
  });
});
