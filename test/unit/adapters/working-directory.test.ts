import { mkdir, mkdtemp, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { inspectPlace } from "../../../src/adapters/executors/processes/working-directory.ts";

let base = "";
let root = "";
beforeAll(async () => {
  base = await realpath(await mkdtemp(join(tmpdir(), "runfold-test-")));
  root = join(base, "root");
  await mkdir(join(root, "a", "b"), { recursive: true });
  await mkdir(join(root, "..odd"));
  await mkdir(join(base, "outside"));
  await writeFile(join(root, "file"), "");
  await symlink(join(base, "outside"), join(root, "out"));
  await symlink("a", join(root, "in"));
  await symlink(root, join(base, "alias"));
});
afterAll(async () => {
  await rm(base, { recursive: true });
});

describe("inspecting a working directory", () => {
  it.each([".", "", "a", "a/b", "a/../a/./b", "..odd"])("accepts %j", async (cwd) => {
    const path = join(root, cwd);
    const { dev, ino } = await stat(path, { bigint: true });
    expect(await inspectPlace(root, cwd)).toEqual({
      cwd,
      realPath: await realpath(path),
      device: String(dev),
      inode: String(ino),
    });
  });

  it("accepts an absolute path inside the root, and a root that is reached through a symlink", async () => {
    expect(await inspectPlace(root, join(root, "a"))).toMatchObject({ realPath: join(root, "a") });
    expect(await inspectPlace(join(base, "alias"), "a")).toMatchObject({ realPath: join(root, "a") });
  });

  it.each([
    ["..", "cwd-path-escape-denied"],
    ["../outside", "cwd-path-escape-denied"],
    ["../no-such-thing", "cwd-path-escape-denied"],
    ["a/../../root-2", "cwd-path-escape-denied"],
    ["/", "cwd-path-escape-denied"],
    ["out", "cwd-symlink-denied"],
    ["out/x", "cwd-symlink-denied"],
    ["in/b", "cwd-symlink-denied"],
    ["file", "cwd-not-directory"],
    ["file/x", "cwd-not-directory"],
    ["missing", "cwd-unreadable"],
    ["a\0b", "cwd-unreadable"],
  ])("refuses %j with %s", async (cwd, code) => {
    expect(await inspectPlace(root, cwd)).toMatchObject({ code });
  });
});
