import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { GraphFileDenied, readGraphFile } from "../../../../src/adapters/graph-files/read-graph-file.ts";

async function place(): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "runfold-graph-files-")));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await mkdir(join(directory, "project/graphs"), { recursive: true });
  return directory;
}

const denied = (reading: Promise<string>): Promise<string> =>
  reading.then(
    (text) => `read ${text.length}`,
    (error: unknown) => (error instanceof GraphFileDenied ? error.code : `threw ${String(error)}`),
  );

test("a file of exactly as many bytes as may be is read, also through a project that is a link itself; one more is too many", async () => {
  const directory = await place();
  await symlink("project", join(directory, "link"));
  await writeFile(join(directory, "project/graphs/a.json"), "é".repeat(50));
  expect(await denied(readGraphFile(join(directory, "link"), "graphs/a.json", 100))).toBe("read 50");
  expect(await denied(readGraphFile(join(directory, "link"), "./graphs/../graphs/a.json", 100))).toBe("read 50");
  expect(await denied(readGraphFile(join(directory, "project"), "graphs/a.json", 99))).toBe("too-large");
});

test("what lies outside is refused by its path alone, be it there or not", async () => {
  const directory = await place();
  await writeFile(join(directory, "secret.json"), "{}");
  const read = (path: string): Promise<string> => denied(readGraphFile(join(directory, "project"), path, 100));
  expect(await read("../secret.json")).toBe("path-escape-denied");
  expect(await read("../nothing.json")).toBe("path-escape-denied");
  expect(await read("graphs/../../secret.json")).toBe("path-escape-denied");
  expect(await read("..secret.json")).toBe("unreadable");
});

test("a directory that is gone is told as such", async () => {
  const directory = await place();
  expect(await denied(readGraphFile(join(directory, "gone"), "a.json", 100))).toBe("cwd-invalid");
});
