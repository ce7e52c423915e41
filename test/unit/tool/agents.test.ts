import { mkdir, readFile, readdir, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { directoryArtifacts } from "runfold";
import type { ArtifactStore } from "runfold";
import { done, final } from "../../support/scripted-program.ts";
import { agentWorld } from "./agent-world.ts";
import { teamInput, teamStep, workspace } from "./team-world.ts";

const all = { allowFilesystemRead: true, allowShellTools: true, allowMutationTools: true, allowExtensionCode: true };
const count = (text: string, part: string): number => text.split(part).length - 1;

/** Artifacts in a directory of its own, which the runs of a test leave there. */
async function kept(): Promise<{ directory: string; artifacts: ArtifactStore }> {
  const directory = join(await workspace(), "artifacts");
  return { directory, artifacts: directoryArtifacts(directory) };
}

describe("the report of a step", () => {
  test("is found by its path in the result, with all that identifies the step, what came before, and its whole task", async () => {
    const { artifacts } = await kept();
    const world = await agentWorld({ runtime: { artifacts } });
    const task = `Begin. ${"And go on. ".repeat(100)}End.`;
    await world.start(teamInput([teamStep("a"), teamStep("b", { needs: ["a"], task })]));
    const { details } = await world.ended();
    const [a, b] = details.steps;
    const report = await readFile(b!.outputFilePath!, "utf8");
    for (const fact of ["runId: r1", "stepId: b", "status: succeeded", "stopReason: succeeded", "agentRef: inline:b"]) {
      expect(report).toContain(`- ${fact}\n`);
    }
    for (const name of ["objective", "agentSource", "cwd", "startedAt", "endedAt"])
      expect(report).toContain(`- ${name}: `);
    expect(report).toContain(`- cwd: ${JSON.stringify(world.root)}\n- needs: a\n- after: none\n`);
    expect(report).toContain("- a: succeeded, none, 5 characters\n");
    expect(a?.outputFilePath).toMatch(/a\.1\.final\.md$/);
    expect(report).toContain(task);
    expect(report).toContain("Done.");
    expect(b?.taskPreview).not.toContain("End.");
  });

  test("that cannot be written because its name is taken fails nothing: there is no path, and every result says why", async () => {
    const { artifacts } = await kept();
    const taken: ArtifactStore = new Proxy(artifacts, {
      get(target, name) {
        const found: unknown = Reflect.get(target, name, target);
        if (typeof found !== "function") return found;
        if (name !== "create") return found.bind(target) as unknown;
        return async (...given: Parameters<ArtifactStore["create"]>) => {
          // Somebody was faster with this very name.
          if (given[1].endsWith("final.md")) await (await target.create(...given)).commit();
          return await target.create(...given);
        };
      },
    });
    const world = await agentWorld({ runtime: { artifacts: taken } });
    await world.start(teamInput([teamStep("a")]));
    const { details, ok } = await world.ended();
    expect([ok, details.run?.status]).toEqual([true, "succeeded"]);
    expect(details.outputs).toEqual([{ stepId: "a", status: "succeeded", chars: 5 }]);
    expect(details.diagnostics).toMatchObject([{ code: "step-final-artifact-failed", fields: ["a"] }]);
    const { details: events } = await world.call({ action: "run_status", runId: "r1", debugEvents: true });
    expect(events.events.filter(({ type }) => type === "diagnostic")).toMatchObject([
      { stepId: "a", label: "step-final-artifact-failed" },
    ]);
    const { details: result } = await world.call({ action: "step_result", runId: "r1", stepId: "a", preview: true });
    expect(result.outputs[0]?.text).toBe("Done.");
  });
});

describe("a step with others before it", () => {
  test("that it both needs and comes after starts once, after their success, and is told of each once", async () => {
    const world = await agentWorld();
    const graph = teamInput([teamStep("a"), teamStep("b", { needs: ["a", "a"], after: ["a"] })]);
    await world.start(graph);
    const { details } = await world.ended();
    expect(world.orders.map(({ attempt }) => attempt.step.id)).toEqual(["a", "b"]);
    expect(count(world.orders[1]!.task, "<<<runfold output of a begins>>>")).toBe(1);
    expect(details.run?.counts.succeeded).toBe(2);
  });

  test("of which twelve gave long texts is handed their heads, paths and lengths, and no more than 32 000 characters", async () => {
    const { artifacts } = await kept();
    const ids = Array.from({ length: 12 }, (_, index) => `s${index}`);
    const long = [final("word ".repeat(2_600)), done];
    const world = await agentWorld({
      runtime: { artifacts },
      actions: Object.fromEntries(ids.map((id) => [id, long])),
    });
    await world.start(teamInput([...ids.map((id) => teamStep(id)), teamStep("last", { needs: ids })]));
    await world.ended();
    const { task } = world.orders.at(-1)!;
    expect(task.length).toBeLessThan(32_000);
    for (const id of ids) expect(task).toContain(`<<<runfold output of ${id} begins>>>`);
    expect(count(task, "13000 characters")).toBe(12);
    expect(count(task, "artifacts/")).toBe(12);
  });
});

describe("the directory of a run", () => {
  test("that was replaced is neither written nor cleaned up: the run can be read, and what is there now stays", async () => {
    const { directory, artifacts } = await kept();
    const world = await agentWorld({ runtime: { artifacts } });
    await world.start(teamInput([teamStep("a")]));
    const { details } = await world.ended();
    const place = dirname(details.outputs[0]!.filePath!);
    await rename(place, `${place}-elsewhere`);
    await mkdir(place);
    await writeFile(join(place, "mine.txt"), "Mine.");
    const cleaned = await world.call({ action: "cleanup", runId: "r1" });
    expect(cleaned.details).toMatchObject({
      ok: false,
      error: { code: "cleanup-artifacts-failed", repair: expect.any(String) },
      run: { runId: "r1", status: "succeeded" },
    });
    expect(await readdir(place)).toEqual(["mine.txt"]);
    expect((await readdir(directory)).length).toBe(2);
    const read = await world.call({ action: "step_result", runId: "r1", stepId: "a", preview: true });
    expect(read.text).toContain("Done.");
    // Once what is not its own is out of the way, it can go.
    await rm(place, { recursive: true });
    expect((await world.call({ action: "cleanup", runId: "r1" })).details).toMatchObject({ ok: true, cleanup: {} });
    expect(read.details.run).toMatchObject({ terminal: true, canCleanup: true });
    expect((await world.call({ action: "run_status", runId: "r1" })).details.error?.code).toBe("run-not-found");
  });

  test("in which a file became a link is cleaned up without what the link leads to; once more there is no such run", async () => {
    const { directory, artifacts } = await kept();
    const world = await agentWorld({ runtime: { artifacts } });
    await world.start(teamInput([teamStep("a")]));
    const { details } = await world.ended();
    const path = details.outputs[0]!.filePath!;
    const target = join(world.root, "target.txt");
    await writeFile(target, "Mine.");
    await rename(path, `${path}.away`);
    await symlink(target, path);
    const cleanup = { action: "cleanup", runId: "r1" };
    const cleaned = await world.call(cleanup);
    expect(cleaned.details.cleanup?.deletedPaths).toContain(path);
    expect(await readFile(target, "utf8")).toBe("Mine.");
    await expect(stat(path)).rejects.toThrow("ENOENT");
    expect((await world.call(cleanup)).details.error?.code).toBe("run-not-found");
    expect(await readdir(directory)).not.toContain(path);
  });
});

describe("a check before a launch", () => {
  test("that throws fails its step alone, and the run goes on", async () => {
    const world = await agentWorld({
      program: {
        launch: () => {
          throw new TypeError("The check is broken.");
        },
      },
    });
    await world.start(teamInput([teamStep("a"), teamStep("b", { needs: ["a"] }), teamStep("c", { after: ["a"] })]));
    const { details } = await world.ended();
    expect(details.steps.map(({ id, status }) => [id, status])).toEqual([
      ["a", "failed"],
      ["b", "blocked"],
      ["c", "failed"],
    ]);
    expect(details.steps[0]?.errorMessage).toContain("The check is broken.");
  });

  test("that throws as a run is asked for refuses the start with an answer, and takes no id", async () => {
    let isBroken = true;
    const world = await agentWorld({
      program: {
        refuses: () => {
          if (isBroken) throw new TypeError("The check is broken.");
          return undefined;
        },
      },
    });
    const denied = await world.start(teamInput([teamStep("a")]));
    expect(denied.ok).toBe(false);
    expect(denied.text).toContain("The check is broken.");
    isBroken = false;
    expect((await world.start(teamInput([teamStep("a")]))).details.run?.runId).toBe("r1");
  });
});

describe("what the host offers", () => {
  test("an extension outside of the project is granted with the authority for extensions alone, by its real path", async () => {
    const elsewhere = await workspace();
    await writeFile(join(elsewhere, "web.js"), "export default () => {};\n");
    await symlink(join(elsewhere, "web.js"), join(elsewhere, "link.js"));
    const world = await agentWorld({ agents: { extensionTools: { web: join(elsewhere, "link.js") } } });
    const steps = [teamStep("a", { agent: { system: "You help.", extensionTools: ["web"] } })];
    const started = await world.start(teamInput(steps, { authority: all }));
    expect(started.details.steps[0]?.extensionTools).toEqual(["web"]);
    await world.ended();
    expect(world.orders[0]?.profile.extensionTools).toEqual([{ name: "web", realPath: join(elsewhere, "web.js") }]);
  });

  test("an extension of the project is granted with the authority for its code, too", async () => {
    const root = await workspace();
    const web = join(root, "web.js");
    await writeFile(web, "export default () => {};\n");
    const world = await agentWorld({ root, agents: { extensionTools: { web } } });
    const steps = [teamStep("a", { agent: { system: "You help.", extensionTools: ["web"] } })];
    expect((await world.start(teamInput(steps, { authority: all }))).details.diagnostics).toMatchObject([
      { code: "extension-tool-project-denied" },
    ]);
    expect((await world.start(teamInput(steps, { authority: { ...all, allowProjectCode: true } }))).ok).toBe(true);
    await world.ended();
    expect(world.orders[0]?.profile.extensionTools).toEqual([{ name: "web", realPath: web }]);
  });

  test("skills are given to every agent; without any offered there are none, and that is no error", async () => {
    const elsewhere = await workspace();
    await writeFile(join(elsewhere, "SKILL.md"), "---\nname: tides\n---\n");
    const skills = [{ name: "tides", path: join(elsewhere, "SKILL.md") }];
    const world = await agentWorld({ agents: { skills }, host: { agents: { skills } } });
    const { details } = await world.start(teamInput([teamStep("a")]));
    expect(details.steps[0]?.callerSkills).toEqual(["tides"]);
    await world.ended();
    expect(world.orders[0]?.profile.skills.map(({ name }) => name)).toEqual(["tides"]);
    const without = await agentWorld();
    expect((await without.start(teamInput([teamStep("a")]))).details.steps[0]?.callerSkills).toEqual([]);
  });
});

test("settings of the project that come after the start fail the agent with a shell at its launch, and block what needs it", async () => {
  const world = await agentWorld();
  const agent = { system: "You help.", tools: ["bash"] };
  const scope = { mutationScope: "Only the file notes.txt" };
  const steps = [teamStep("a"), teamStep("b", { agent, ...scope, needs: ["a"] }), teamStep("c", { needs: ["b"] })];
  const graph = teamInput(steps, { authority: all });
  const started = await world.start(graph);
  expect(started.ok).toBe(true);
  await mkdir(join(world.root, ".pi"));
  await writeFile(join(world.root, ".pi/settings.json"), "{}");
  const { details } = await world.ended();
  expect(details.steps.map(({ status }) => status)).toEqual(["succeeded", "failed", "blocked"]);
  expect(details.run?.status).toBe("mixed");
});
