import { execFileSync } from "node:child_process";
import { existsSync, linkSync, lstatSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { jsonLines, workplaces, type Workplace } from "./cli-process.ts";

const workplace = workplaces();

async function placeWithRun(): Promise<Workplace> {
  const place = workplace();
  const { code } = await place.run([
    "run",
    place.graph("large", [{ id: "a", shell: "head -c 200000 /dev/zero | tr '\\0' x" }]),
    "--id",
    "r1",
  ]);
  expect(code).toBe(0);
  return place;
}

function exported(place: Workplace, file: string, ...rest: readonly string[]) {
  return place.run(["export", "r1", "--output", file, ...rest]);
}

/** What lies in the directory of the database, with the artifacts. */
function listed(place: Workplace): readonly string[] {
  // What SQLite keeps beside the database comes and goes with its readers.
  const names = readdirSync(place.path(".runfold"), { recursive: true }).map(String);
  return names.filter((name) => !/\.db-(wal|shm)$/.test(name)).toSorted();
}

describe("an export by force", () => {
  it("replaces a regular file, and leaves nothing else behind", async () => {
    const place = await placeWithRun();
    writeFileSync(place.path("out.ndjson"), "old");
    const refused = await exported(place, "out.ndjson");
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("--force replaces it");
    expect(await exported(place, "out.ndjson", "--force")).toMatchObject({ code: 0, stderr: "" });
    const [header] = jsonLines(readFileSync(place.path("out.ndjson"), "utf8"));
    expect(header).toMatchObject({ runfold: "export", run: { id: "r1" }, artifacts: [{ bytes: 200_000 }] });
    expect(header).not.toHaveProperty("isDamaged");
    expect(readdirSync(place.directory).filter((name) => name.includes("partial"))).toEqual([]);
  });

  it("never replaces the database that it reads, by whatever name, nor what SQLite keeps beside it", async () => {
    const place = await placeWithRun();
    linkSync(place.path(".runfold/runs.db"), place.path("hard.db"));
    symlinkSync(".runfold", place.path("way"));
    const before = { names: listed(place), bytes: readFileSync(place.path(".runfold/runs.db")) };
    const names = [".runfold/runs.db", "hard.db", "way/runs.db"];
    for (const suffix of ["-wal", "-shm", "-journal"]) names.push(`.runfold/runs.db${suffix}`, `way/runs.db${suffix}`);
    for (const name of names) {
      for (const rest of [["--force"], []]) {
        const { code, stdout, stderr } = await exported(place, name, ...rest);
        expect({ name, code, stdout }).toEqual({ name, code: 2, stdout: "" });
        expect(stderr).toContain("it belongs to the database that is read");
      }
    }
    expect({ names: listed(place), bytes: readFileSync(place.path(".runfold/runs.db")) }).toEqual(before);
  });

  it("finds the database behind a symlink too", async () => {
    const place = await placeWithRun();
    symlinkSync(".runfold/runs.db", place.path("link.db"));
    for (const name of [".runfold/runs.db", ".runfold/runs.db-wal", "link.db", "link.db-wal"]) {
      const { code, stderr } = await exported(place, name, "--force", "--db", "link.db");
      expect({ name, code }).toEqual({ name, code: 2 });
      expect(stderr).toContain("it belongs to the database that is read");
    }
    expect(lstatSync(place.path("link.db")).isSymbolicLink()).toBe(true);
    expect((await place.run(["status", "r1"])).code).toBe(0);
  });

  it("writes nothing among the artifacts", async () => {
    const place = await placeWithRun();
    const before = listed(place);
    const artifact = before.find((name) => name.endsWith(".txt"));
    const kept = dirname(join(".runfold", artifact ?? ""));
    symlinkSync(kept, place.path("way"));
    const names = [join(".runfold", artifact ?? ""), ".runfold/runs.db.artifacts", join(kept, "new"), "way/new"];
    for (const name of names) {
      for (const rest of [["--force"], []]) {
        const { code, stderr } = await exported(place, name, ...rest);
        expect({ name, code }).toEqual({ name, code: 2 });
        expect(stderr).toContain("artifacts of runs are kept there");
      }
    }
    expect(listed(place)).toEqual(before);
    expect((await place.run(["result", "r1", "a"])).stdout).toHaveLength(200_001);
  });

  it("replaces no pipe, no symlink and no directory", async () => {
    const place = await placeWithRun();
    execFileSync("mkfifo", [place.path("pipe")]);
    writeFileSync(place.path("precious"), "kept");
    symlinkSync("precious", place.path("link"));
    symlinkSync("nowhere", place.path("dangling"));
    const kinds = { pipe: "a named pipe", link: "a symbolic link", dangling: "a symbolic link", ".": "a directory" };
    for (const [name, kind] of Object.entries(kinds)) {
      const { code, stderr } = await exported(place, name, "--force");
      expect({ name, code }).toEqual({ name, code: 2 });
      expect(stderr).toBe(
        `runfold: The export "${name}" cannot be written: it is ${kind}, and only a regular file is replaced.\n`,
      );
    }
    expect(lstatSync(place.path("pipe")).isFIFO()).toBe(true);
    expect(lstatSync(place.path("link")).isSymbolicLink()).toBe(true);
    expect(readFileSync(place.path("precious"), "utf8")).toBe("kept");
    expect(existsSync(place.path("nowhere"))).toBe(false);
  });

  it("names a directory that is not there", async () => {
    const place = await placeWithRun();
    const { code, stderr } = await exported(place, "none/out", "--force");
    expect(code).toBe(2);
    expect(stderr).toContain("its directory does not exist");
  });
});
