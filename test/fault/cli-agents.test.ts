import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { jsonLines, workplaces, type Workplace } from "./cli-process.ts";

const workplace = workplaces();

/** A project that has an agent of its own, and a file that is none. */
function project(): Workplace {
  const place = workplace();
  const file = (name: string, text: string): void => {
    const path = place.path(`.runfold/agents/${name}.md`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  };
  file("translator", "---\nname: translator\ndescription: Translates.\ntools: read\n---\nYou translate.\n");
  file("broken", "no front matter");
  return place;
}

const refs = (stdout: string): unknown[] => jsonLines(stdout).map(({ agent }) => (agent as { ref: unknown }).ref);

describe("agents", () => {
  it("lists those that come with Runfold, and of those the ones that match, best first", async () => {
    const place = workplace();
    const all = await place.run(["agents", "--source", "package"]);
    expect(all).toMatchObject({ code: 0, stderr: "" });
    for (const name of ["critic", "planner", "reviewer", "scout", "synthesizer", "worker"]) {
      expect(all.stdout).toContain(`package:${name} `);
    }
    const [best] = refs((await place.run(["agents", "reviewer", "--source", "package", "--json"])).stdout);
    expect(best).toBe("package:reviewer");
    const none = await place.run(["agents", "zebra crossing", "--source", "package"]);
    expect(none).toMatchObject({ code: 0, stdout: "", stderr: expect.stringContaining("No agent matches.") });
  });

  it("shows those of a project only where it is said to be trusted, and tells of what is broken", async () => {
    const place = project();
    const denied = await place.run(["agents", "--source", "project"]);
    expect(denied).toMatchObject({ code: 0, stdout: "", stderr: expect.stringContaining("Say --allow-project") });
    const shown = await place.run(["agents", "--source", "project", "--allow-project", "--json"]);
    expect(refs(shown.stdout)).toEqual(["project:translator"]);
    expect(shown.stderr).toContain("broken.md");
  });

  it("refuses sources and roots that are not there", async () => {
    const place = workplace();
    const source = await place.run(["agents", "--source", "package,moon"]);
    expect(source).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no source "moon" of agents.') });
    const root = await place.run(["agents", "--root", "nowhere"]);
    expect(root).toMatchObject({ code: 2, stderr: expect.stringContaining("does not exist") });
  });
});
