import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isInstalled } from "./support/agent-folders.ts";
import { installAgents } from "./support/install-agents.ts";

let place: string;
let folder: string;

beforeEach(async () => {
  // On the repository's disk, as the real folders are: a move to another one would not happen at once.
  await mkdir("build", { recursive: true });
  place = await mkdtemp(resolve("build", "some-agents-"));
  folder = join(place, "folder");
  await mkdir(folder);
  await lockAgent("1.0.0");
});

afterEach(() => rm(place, { recursive: true, force: true }));

test("two test runs that install at once both end with a whole installation, and leave nothing else", async () => {
  expect(isInstalled(folder)).toBe(false);
  await Promise.all([installAgents(folder), installAgents(folder)]);
  expect(isInstalled(folder)).toBe(true);
  expect(await installedVersion()).toBe("1.0.0");
  expect((await readdir(folder)).toSorted()).toEqual(["node_modules", "package-lock.json", "package.json"]);
});

test("an installation is replaced when the lock file says another version, and when it broke off", async () => {
  await installAgents(folder);
  await lockAgent("2.0.0");
  expect(isInstalled(folder)).toBe(false);
  await installAgents(folder);
  expect(await installedVersion()).toBe("2.0.0");

  await rm(join(folder, "node_modules/.package-lock.json"));
  expect(isInstalled(folder)).toBe(false);
  await rm(join(folder, "node_modules"), { recursive: true });
  await symlink("nowhere", join(folder, "node_modules"));
  await installAgents(folder);
  expect(isInstalled(folder)).toBe(true);
});

test("an installation that fails says so, and leaves the old one where it was", async () => {
  await installAgents(folder);
  const tarball = await lockAgent("2.0.0");
  await rm(tarball);
  await expect(installAgents(folder)).rejects.toThrow("npm ci");
  expect(await installedVersion()).toBe("1.0.0");
});

/** Has the folder ask for a package of this version, which lies in a file: no registry is needed. Returns the file. */
async function lockAgent(version: string): Promise<string> {
  const tarball = join(place, `agent-${version}.tgz`);
  await mkdir(join(place, version, "package"), { recursive: true });
  await writeFile(join(place, version, "package/package.json"), JSON.stringify({ name: "agent", version }));
  execFileSync("tar", ["-czf", tarball, "-C", join(place, version), "package"]);
  const dependencies = { agent: `file:${tarball}` };
  const packages = {
    "": { name: "folder", dependencies },
    "node_modules/agent": { version, resolved: `file:${tarball}` },
  };
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "folder", private: true, dependencies }));
  const lock = { name: "folder", lockfileVersion: 3, requires: true, packages };
  await writeFile(join(folder, "package-lock.json"), JSON.stringify(lock));
  return tarball;
}

async function installedVersion(): Promise<string> {
  const text = await readFile(join(folder, "node_modules/agent/package.json"), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}
