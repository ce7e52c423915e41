import { spawnSync } from "node:child_process";
import { mkdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sqliteJournal } from "../../src/adapters/journals/sqlite-journal.ts";
import { needs, type Capability } from "../conformance/journal/harness.ts";
import { temporaryDirectory } from "../conformance/journal/temporary-directory.ts";
import { builtDirectoryVariable } from "../support/built-command.ts";
import { workplaces } from "./cli-process.ts";

const workplace = workplaces();

/** Below it the system refuses each new directory as one that is not there, and Node's own `recursive` tries for ever. */
const stubborn = "/proc/nope";
const hasStubborn: Capability = process.platform === "linux" || "only Linux has such a directory";

describe("a place where no directory can be made", () => {
  test("is refused as the place of a database by the commands that make one", async (context) => {
    needs(context, hasStubborn);
    const place = workplace();
    const graph = place.graph("hello", [{ id: "hello", shell: "echo hello" }]);
    await place.run(["run", graph, "--id", "r1", "--db", "runs.db"]);
    writeFileSync(place.path("r1.ndjson"), (await place.run(["export", "r1", "--db", "runs.db"])).stdout);
    for (const args of [
      ["run", graph],
      ["import", "r1.ndjson"],
    ]) {
      const { code, stderr } = await place.run([...args, "--db", `${stubborn}/deep/x.db`]);
      expect(stderr).toContain(`The database ${stubborn}/deep/x.db cannot be opened: ENOENT`);
      expect(code).toBe(2);
    }
  });

  test("is refused as the place of artifacts", (context) => {
    needs(context, hasStubborn);
    // In a process of its own: what is not refused could not be stopped here.
    const program = `
      const { directoryArtifacts } = await import("${process.env[builtDirectoryVariable]}/index.js");
      const store = directoryArtifacts("${stubborn}/artifacts");
      const written = Promise.resolve().then(() => store.create("r1", "a.txt"));
      console.log(await written.then(() => "written", ({ code }) => code));
      process.exit();
    `;
    const args = ["--input-type=module", "--eval", program];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8", timeout: 30_000 });
    expect(stderr).toBe("");
    expect(stdout).toBe("artifact.failed\n");
  });
});

describe("the directories of a journal", () => {
  test("are made for their owner alone, and those that are there stay as they are", async () => {
    const root = temporaryDirectory();
    mkdirSync(join(root, "there"), { mode: 0o755 });
    await sqliteJournal(join(root, "there", "new", "newer", "runs.db")).close();
    expect(modesOf(join(root, "there"), join(root, "there", "new"), join(root, "there", "new", "newer"))).toEqual([
      0o755, 0o700, 0o700,
    ]);
  });

  test("are refused where a file stands in the way, or a link to nothing", () => {
    const root = temporaryDirectory();
    writeFileSync(join(root, "file"), "");
    symlinkSync(join(root, "nothing"), join(root, "link"));
    for (const name of ["file", "link"]) {
      for (const path of [join(root, name, "runs.db"), join(root, name, "deep", "runs.db")]) {
        expect(() => sqliteJournal(path)).toThrow(expect.objectContaining({ code: "journal.unopenable" }));
      }
    }
  });
});

function modesOf(...paths: readonly string[]): number[] {
  return paths.map((path) => statSync(path).mode & 0o777);
}
