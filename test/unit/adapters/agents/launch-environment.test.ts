import { chmod, mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../../../src/adapters/clocks/system-clock.ts";
import { acpProgram } from "../../../../src/adapters/executors/acp/acp-program.ts";
import { launchEnvironment } from "../../../../src/adapters/executors/agents/agent-environment.ts";
import { agentExecutor } from "../../../../src/adapters/executors/agents/agent-executor.ts";
import type { AgentProgram } from "../../../../src/adapters/executors/agents/agent-program.ts";
import { piProgram } from "../../../../src/adapters/executors/pi/pi-program.ts";
import { fakeAttempt } from "../../../support/fake-attempt.ts";

let base: string;
let project: string;

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), "runfold-launch-")));
  project = join(base, "project");
  await mkdir(join(project, ".git"), { recursive: true });
});

afterEach(() => rm(base, { recursive: true, force: true }));

async function script(path: string, ...lines: readonly string[]): Promise<string> {
  const file = join(base, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${lines.join("\n")}\n`);
  await chmod(file, 0o755);
  return file;
}

const pathOf = (...entries: readonly string[]): string => entries.join(delimiter);

describe("what an agent's program is started with", () => {
  async function environmentOf({ host, step, parent }: { host?: string; step?: string; parent: string }) {
    const agent = { kind: "acp", task: "t" };
    const attempt = fakeAttempt(
      { agent, cwd: "packages/one", ...(step === undefined ? {} : { env: { PATH: step } }) },
      { root: project },
    );
    const environment = { KEY: "host", ...(host === undefined ? {} : { PATH: host }) };
    const surroundings = { cwd: join(project, "packages/one"), parent: { PATH: parent, MORE: "1" } };
    return await launchEnvironment(attempt, { environment }, { ...surroundings, alsoInherit: ["MORE"] });
  }

  it("holds what every agent finds and what its launch adds", async () => {
    const environment = await environmentOf({ parent: "/usr/bin" });
    expect(environment).toMatchObject({ PATH: "/usr/bin", KEY: "host", MORE: "1", RUNFOLD_STEP: "step" });
  });

  it("has no PATH into the workspace, by name or by a link, whoever says it, and no relative one", async () => {
    await mkdir(join(project, "bin"));
    await symlink(join(project, "bin"), join(base, "linked"));
    const path = pathOf(join(project, "bin"), "", ".", "bin", join(base, "linked"), join(base, "bin"), "/usr/bin");
    const clean = pathOf(join(base, "bin"), "/usr/bin");
    for (const said of [
      { parent: path },
      { parent: "/bin", step: path },
      { parent: "/bin", step: "/sbin", host: path },
    ]) {
      expect((await environmentOf(said))["PATH"]).toBe(clean);
    }
    expect((await environmentOf({ parent: join(project, "bin") }))["PATH"]).toBe("/usr/bin:/bin");
  });
});

describe("a program that is a script for whatever interpreter PATH has", () => {
  const witness = "#!/usr/bin/env witness";

  it.each([
    ["pi", "pi", (path: string) => piProgram({}, { path, home: "/home/nobody" })],
    ["acp", "agent", (path: string) => acpProgram({ command: ["agent"], environment: { PATH: path } })],
  ])("is never started with one from the workspace (%s)", async (kind, name, make: (path: string) => AgentProgram) => {
    await script(`tools/${name}`, witness);
    await script("project/bin/witness", "#!/bin/sh", `echo workspace > ${base}/ran`);
    await script("bin/witness", "#!/bin/sh", `echo outside > ${base}/ran`);
    const PATH = pathOf(join(project, "bin"), join(base, "tools"), join(base, "bin"), "/usr/bin", "/bin");
    const executor = agentExecutor({ clock: systemClock(), programs: [make(PATH)], environment: { PATH } });
    const agent = { kind, task: "Begin.", system: "You are a script." };
    const graph = { name: "graph", objective: "o", steps: [], authority: { allowFilesystemRead: true } };
    const result = await executor.execute(fakeAttempt({ agent }, { root: project, graph }));
    await executor.close?.();
    // It has nothing to say, which is no success; what counts is that it ran.
    expect(result.type).toBe("failed");
    expect(await readFile(join(base, "ran"), "utf8")).toBe("outside\n");
  });
});
