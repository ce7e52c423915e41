import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { acpProgram } from "../../../../src/adapters/executors/acp/acp-program.ts";
import { LaunchDenied, type AgentLaunch } from "../../../../src/adapters/executors/agents/agent-program.ts";
import { distrustedPlaces } from "../../../../src/adapters/executors/agents/trusted-program.ts";
import { acpOrder } from "../../../support/acp/acp-order.ts";
import { fakeAttempt } from "../../../support/fake-attempt.ts";

let base: string;
/** A workspace, a directory within it, and places outside. */
let project: string;
let cwd: string;
let bin: string;
let otherBin: string;

beforeEach(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), "runfold-acp-")));
  project = join(base, "project");
  cwd = join(project, "packages", "one");
  bin = join(base, "bin");
  otherBin = join(base, "other-bin");
  for (const directory of [cwd, bin, otherBin, join(project, "tools")]) await mkdir(directory, { recursive: true });
  await mkdir(join(project, ".git"));
});

afterEach(() => rm(base, { recursive: true, force: true }));

async function program(...path: string[]): Promise<string> {
  const file = join(...path);
  await writeFile(file, "#!/bin/sh\n");
  await chmod(file, 0o755);
  return file;
}

/** What is launched for a step that works in `cwd`. */
function launched(command: readonly string[], path: readonly string[] = [bin, otherBin]): Promise<AgentLaunch> {
  const order = acpOrder({ cwd, agent: { kind: "acp", task: "t", command } });
  const attempt = fakeAttempt({ agent: order.agent }, { root: cwd });
  return acpProgram({ environment: { PATH: path.join(delimiter), KEY: "k" } }).launch({ ...order, attempt });
}

describe("distrusted places", () => {
  it("are the workspace and the run's directory, by each of their names, but never the home directory", async () => {
    const linked = join(base, "linked");
    await symlink(project, linked);
    const named = await distrustedPlaces({ places: [join(linked, "packages")], root: otherBin, home: base });
    expect(named.directories.toSorted()).toEqual([linked, otherBin, project].toSorted());
    await mkdir(join(base, ".git"));
    await rm(join(project, ".git"), { recursive: true });
    const bare = await distrustedPlaces({ places: [cwd], root: base, home: base });
    expect(bare.directories).toEqual([cwd]);
    expect((await distrustedPlaces({ places: [base], root: "/", home: base })).directories).toEqual([]);
  });
});

describe("the launch of an agent", () => {
  it("finds its program by its absolute path or in PATH, and hands over its arguments and variables", async () => {
    const file = await program(otherBin, "agent");
    const launch = { argv: [file, "--acp"], environment: { PATH: [bin, otherBin].join(delimiter), KEY: "k" } };
    expect(await launched(["agent", "--acp"])).toEqual(launch);
    expect(await launched([file, "--acp"])).toEqual(launch);
  });

  it("goes past what lies in the workspace, also by a link, to the next entry of PATH", async () => {
    const file = await program(otherBin, "agent");
    const inside = await program(project, "tools", "agent");
    await symlink(inside, join(bin, "agent"));
    const linked = join(base, "linked");
    await symlink(join(project, "tools"), linked);
    const { argv } = await launched(["agent"], [join(project, "tools"), linked, bin, otherBin]);
    expect(argv).toEqual([file]);
  });

  it("looks neither at relative nor at empty entries of PATH", async () => {
    await program(cwd, "agent");
    await expect(launched(["agent"], ["", ".", "bin"])).rejects.toThrow("was not found");
    const file = await program(bin, "agent");
    expect((await launched(["agent"], ["", ".", bin, "bin"])).argv).toEqual([file]);
  });

  it("never starts a program of the workspace, however it is named", async () => {
    const inside = await program(project, "tools", "agent");
    await symlink(inside, join(bin, "agent"));
    await program(cwd, "agent");
    for (const name of [inside, join(bin, "agent"), "agent"]) {
      await expect(launched([name])).rejects.toThrow("lies in the workspace");
    }
    for (const name of ["./agent", "../../tools/agent"]) {
      await expect(launched([name])).rejects.toThrow("named by a relative path");
    }
  });

  it("takes a marker that leads nowhere for one, and a directory without any for a workspace of its own", async () => {
    await rm(join(project, ".git"), { recursive: true });
    const inside = await program(project, "tools", "agent");
    expect((await launched([inside])).argv).toEqual([inside]);
    await symlink(join(base, "nowhere"), join(project, ".pi"));
    await expect(launched([inside])).rejects.toThrow("lies in the workspace");
    await rm(join(project, ".pi"));
    await expect(launched([await program(cwd, "agent")])).rejects.toThrow("lies in the workspace");
  });

  it("is denied, with the reason, where there is nothing to start", async () => {
    await writeFile(join(bin, "agent"), "no program");
    await expect(launched(["agent"])).rejects.toThrow(LaunchDenied);
    await expect(launched(["agent"])).rejects.toThrow("The program agent is not executable");
    await expect(launched([bin])).rejects.toThrow("is not a file");
    await expect(launched(["nothing"])).rejects.toThrow(`absolute entries of PATH searched: ${bin}`);
    await expect(launched([])).rejects.toThrow("names no program");
  });
});
