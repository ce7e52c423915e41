import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { describe, expect, it } from "vitest";
import { commitSchema } from "../../src/domain/commit.ts";
import { archiveOf } from "../support/archived-run.ts";
import { commandLine } from "../support/built-command.ts";
import { jsonLines, workplaces, type Workplace } from "./cli-process.ts";

const workplace = workplaces();
const steps = [
  { id: "a", shell: "printf 'ä ✓ \\342\\200\\250 \\360\\237\\230\\200'" },
  { id: "b", shell: "cat; exit 3", needs: ["a"] },
  { id: "c", shell: "echo c", needs: ["b"] },
];

/** A place with the run r1 and its export in r1.ndjson. */
async function placeWithExport(given: readonly object[] = steps): Promise<Workplace> {
  const place = workplace();
  await place.run(["run", place.graph("small", given), "--id", "r1"]);
  expect((await place.run(["export", "r1", "--output", "r1.ndjson"])).code).toBe(0);
  return place;
}

/** What looks at the run say, on a database. */
async function looks(place: Workplace, db: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const args of [["status", "r1"], ["events", "r1"], ["runs"]]) {
    texts.push((await place.run([...args, "--json", "--db", db])).stdout);
  }
  return texts;
}

describe("an imported run", () => {
  it("shows the same on a new database, and is exported as the same file", async () => {
    const place = await placeWithExport();
    const imported = await place.run(["import", "r1.ndjson", "--db", "new/deep/other.db", "--json"]);
    expect(imported).toMatchObject({ code: 0, stderr: "" });
    const [header] = jsonLines(readFileSync(place.path("r1.ndjson"), "utf8"));
    const { commits, run } = header as { commits: number; run: { position: number } };
    const told = { run: "r1", commits, position: run.position, status: "mixed" };
    expect(jsonLines(imported.stdout)).toEqual([{ imported: told }]);
    expect(await looks(place, "new/deep/other.db")).toEqual(await looks(place, ".runfold/runs.db"));
    const again = await place.run(["export", "r1", "--db", "new/deep/other.db"]);
    expect(again.stdout).toBe(readFileSync(place.path("r1.ndjson"), "utf8"));
    expect((await place.run(["result", "r1", "a", "--db", "new/deep/other.db"])).stdout).toBe("ä ✓ \u2028 😀\n");
  });

  it("comes from standard input too, and people are told where to go on", async () => {
    const place = await placeWithExport();
    const input = readFileSync(place.path("r1.ndjson"), "utf8");
    const { code, stdout, stderr } = await place.run(["import", "-", "--db", "other runs.db"], { input });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(
      /^Run r1 was imported into other runs\.db: \d+ commits, up to position \d+\.\nIt had ended: mixed\./,
    );
    expect(stdout).toContain("runfold status r1 --db 'other runs.db'\n");
    expect(stdout).toContain("runfold verify r1 --db 'other runs.db'\n");
    expect(stdout).not.toContain("resume");
    expect(stdout).not.toContain("artifact");
  });

  it("that had not ended says how it goes on", async () => {
    const place = workplace();
    const graph = place.graph("slow", [{ id: "a", shell: "echo begun; sleep 1000" }]);
    const running = place.start(["run", graph, "--id", "r1"]);
    await running.until("begun");
    expect((await place.run(["export", "r1", "--output", "r1.ndjson"])).code).toBe(0);
    running.child.kill("SIGINT");
    await running.ended;
    const { stdout } = await place.run(["import", "r1.ndjson", "--db", "other.db"]);
    expect(stdout).toContain("It had not ended.");
    expect(stdout).toContain("runfold resume r1 --db other.db");
    expect(await place.json(["status", "r1", "--db", "other.db"])).toMatchObject({ run: { status: "running" } });
    expect(await place.json(["status", "r1"])).toMatchObject({ run: { status: "canceled" } });
  });

  it("names the artifacts that are not beside the database, and finds those that are", async () => {
    const place = await placeWithExport([{ id: "a", shell: "head -c 200000 /dev/zero | tr '\\0' x" }]);
    const { stdout } = await place.run(["import", "r1.ndjson", "--db", "other.db"]);
    const [place1 = ""] = readdirSync(place.path(".runfold/runs.db.artifacts"));
    expect(stdout).toContain(
      "The bytes of 1 artifact are not in the file, and not beside the database: a.1.stdout.txt\n",
    );
    expect(stdout).toContain(`copy the directory ${place1} from`);
    mkdirSync(place.path("third.db.artifacts"));
    const [from, to] = [".runfold/runs.db.artifacts", "third.db.artifacts"];
    cpSync(place.path(`${from}/${place1}`), place.path(`${to}/${place1}`), { recursive: true });
    const whole = await place.json(["import", "r1.ndjson", "--db", "third.db"]);
    expect(whole["imported"]).not.toHaveProperty("missingArtifacts");
    expect((await place.run(["result", "r1", "a", "--db", "third.db"])).stdout).toHaveLength(200_001);
    const bare = await place.json(["import", "r1.ndjson", "--db", "fourth.db"]);
    expect(bare).toMatchObject({ imported: { missingArtifacts: ["a.1.stdout.txt"] } });
  });

  it("whose time is over says so, and is there until a command that may write deletes it", async () => {
    const place = await placeWithExport([{ id: "a", shell: "true" }]);
    const [header = "", ...lines] = readFileSync(place.path("r1.ndjson"), "utf8").trimEnd().split("\n");
    const texts = lines.map((line) => line.slice(line.indexOf(":", 20) + 1, -1));
    const end = texts.pop()!;
    const kept = texts.map((text) => text.replace(/("run\.settled","status":"succeeded")/, '$1,"cleanupAt":5'));
    writeFileSync(place.path("old"), `${archiveOf(header, kept, end).join("\n")}\n`);
    // No graph says that it is to be deleted, so the end is not what would be decided.
    place.excuse("other.db");
    const { stdout } = await place.run(["import", "old", "--db", "other.db"]);
    expect(stdout).toContain("It is deleted by itself after 1970-01-01T00:00:00Z");
    expect(await place.json(["status", "r1", "--db", "other.db"])).toMatchObject({ run: { status: "succeeded" } });
  });
});

describe("an import of a run that the database has", () => {
  it("is refused with 2, and changes nothing, until that one is cleaned up", async () => {
    const place = await placeWithExport();
    const before = await looks(place, ".runfold/runs.db");
    for (let time = 0; time < 2; time++) {
      const { code, stdout, stderr } = await place.run(["import", "r1.ndjson"]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain("has a run r1 already, and nothing of it was changed.");
      expect(stderr).toContain("runfold cleanup r1, or import into another database with --db FILE.");
    }
    const json = await place.json(["import", "r1.ndjson"]);
    expect(json).toMatchObject({ error: { code: "run.conflicting" } });
    expect(await looks(place, ".runfold/runs.db")).toEqual(before);
    await place.run(["cleanup", "r1"]);
    expect((await place.run(["import", "r1.ndjson"])).code).toBe(0);
    expect(await looks(place, ".runfold/runs.db")).toEqual(before);
  });
});

describe("a file that is refused", () => {
  it("is named with its line, ends with 2, and makes no database", async () => {
    const place = await placeWithExport();
    const whole = readFileSync(place.path("r1.ndjson"));
    const lines = whole.toString().split("\n").slice(0, -1);
    const text = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
    const header = lines[0]!;
    const versioned = (version: number) =>
      text([header.replace('"version":2', `"version":${version}`), ...lines.slice(1)]);
    const newer = lines.slice(1, -1).map((line) => JSON.stringify((JSON.parse(line) as { commit: object }).commit));
    newer[1] = newer[1]!.replace(`"schema":${commitSchema}`, '"schema":99');
    const bytes = Buffer.from(whole);
    bytes[whole.indexOf('"commit"', lines[0]!.length + lines[1]!.length) + 30] = 0xff;
    const cases: Readonly<Record<string, readonly [string | Uint8Array, number, RegExp]>> = {
      empty: ["", 1, /the file is empty/],
      blank: ["\n", 1, /not the first line/],
      database: [readFileSync(place.path(".runfold/runs.db")), 1, /not the first line/],
      graph: [readFileSync(place.path("small.json")), 1, /no line break, so the file was cut off/],
      marked: [`\uFEFF${whole.toString()}`, 1, /byte order mark/],
      utf16: [Buffer.from(`\uFEFF${whole.toString()}`, "utf16le"), 1, /byte order mark/],
      windows: [text(lines.map((line) => `${line}\r`)), 2, /carriage return|hash does not fit/],
      first: [versioned(1), 1, /no hashes.*Export the run again/],
      later: [versioned(3), 1, /version 3 of the format/],
      tampered: [text(lines.map((line, index) => (index === 2 ? line.replace('"s', '"S') : line))), 3, /changed/],
      latin: [bytes, 3, /not UTF-8/],
      lost: [text(lines.toSpliced(2, 1)), 3, /lost/],
      doubled: [text(lines.toSpliced(2, 0, lines[2]!)), 4, /doubled/],
      cut: [text(lines.slice(0, -1)), lines.length, /cut off/],
      clipped: [whole.subarray(0, -1), lines.length, /no line break/],
      twice: [Buffer.concat([whole, whole]), lines.length + 1, /behind the line that ends/],
      added: [`${whole.toString()}\n`, lines.length + 1, /behind the line that ends/],
    };
    for (const [name, [content, line, says]] of Object.entries(cases)) {
      writeFileSync(place.path(name), content);
      const { code, stdout, stderr } = await place.run(["import", name, "--db", "never.db"]);
      expect({ name, code, stdout }).toEqual({ name, code: 2, stdout: "" });
      expect({ name, line: Number(/^runfold: Line (\d+) /.exec(stderr)?.[1]) }).toEqual({ name, line });
      expect(stderr).toMatch(says);
      expect(stderr).not.toContain("bug");
    }
    const error = await place.json(["import", "tampered", "--db", "never.db"]);
    expect(error).toMatchObject({ error: { code: "archive.invalid" } });
    writeFileSync(place.path("newer"), text(archiveOf(header, newer, '{"commits":1,"position":1}')));
    const tooNew = await place.run(["import", "newer", "--db", "never.db"]);
    expect(tooNew).toMatchObject({ code: 2, stdout: "" });
    expect(tooNew.stderr).toContain(`Line 3 holds a commit of version 99, this Runfold knows ${commitSchema}.`);
    expect(readdirSync(place.directory).filter((name) => name.startsWith("never"))).toEqual([]);
  });

  it("changes nothing in a database that is there", async () => {
    const place = await placeWithExport();
    await place.run(["cleanup", "r1"]);
    await place.run(["run", place.graph("other", [{ id: "a", shell: "true" }]), "--id", "r2"]);
    const before = await place.run(["runs", "--json"]);
    appendFileSync(place.path("r1.ndjson"), "x\n");
    expect((await place.run(["import", "r1.ndjson"])).code).toBe(2);
    expect(await place.run(["runs", "--json"])).toEqual(before);
  });

  it("is read no further than a line may be long", async () => {
    const place = workplace();
    const endless = "printf '{'; tr '\\0' ' ' < /dev/zero";
    const { code, stderr } = await place.run([], {
      instead: ["sh", "-c", `(${endless}) | "$0" "$@" import - --db never.db`, ...commandLine],
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^runfold: Line 1 cannot be imported: it has more than \d+ bytes\./);
    expect(existsSync(place.path("never.db"))).toBe(false);
  });
});

describe("a path that leads to no file", () => {
  it("is told in a sentence, with 2", async () => {
    const place = workplace();
    symlinkSync("loop", place.path("loop"));
    execFileSync("mkfifo", [place.path("pipe")]);
    const cases: Readonly<Record<string, string>> = {
      "none.ndjson": "does not exist",
      "none/r1.ndjson": "does not exist",
      ".": "is a directory",
      loop: "cannot be read",
      "new\nline": "does not exist",
      ["x".repeat(300)]: "cannot be read",
      "/dev/null": "the file is empty",
    };
    for (const [name, says] of Object.entries(cases)) {
      const { code, stdout, stderr } = await place.run(["import", name, "--db", "never.db"]);
      expect({ name, code, stdout }).toEqual({ name, code: 2, stdout: "" });
      expect(stderr).toContain(says);
      expect(stderr).not.toContain("bug");
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    }
    expect(existsSync(place.path("never.db"))).toBe(false);
  });

  it("is a pipe that gives the file", async () => {
    const place = await placeWithExport();
    execFileSync("mkfifo", [place.path("pipe")]);
    const started = place.start(["import", "pipe", "--db", "other.db"]);
    execFileSync("sh", ["-c", "cat r1.ndjson > pipe"], { cwd: place.directory });
    expect(await started.ended).toMatchObject({ code: 0, stderr: "" });
  });

  it("is a database where a file is asked for, and a file where a database is", async () => {
    const place = await placeWithExport();
    const { code, stderr } = await place.run(["import", "r1.ndjson", "--db", "r1.ndjson"]);
    expect(code).toBe(2);
    expect(stderr).toContain("is not a database of Runfold");
    expect((await place.run(["import"])).stderr).toContain("import needs FILE");
  });
});
