import { chmodSync, closeSync, existsSync, mkdirSync, openSync, truncateSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openLibsql } from "../../src/adapters/journals/sqlite-libsql.ts";
import { boundByModes } from "../support/bound-by-modes.ts";
import { jsonLines, workplaces } from "./cli-process.ts";

const workplace = workplaces();
const small = [{ id: "a", shell: "echo a" }];

describe("a graph that cannot be run", () => {
  it("is refused with 2 when there is no such file, or it is a directory", async () => {
    const place = workplace();
    const missing = await place.run(["run", "missing.json"]);
    expect(missing).toMatchObject({ code: 2, stdout: "" });
    expect(missing.stderr).toBe('runfold: The file "missing.json" does not exist. Check the path.\n');
    const directory = await place.run(["run", "."]);
    expect(directory.code).toBe(2);
    expect(directory.stderr).toContain("is a directory");
    expect(existsSync(place.path(".runfold"))).toBe(false);
  });

  it("is refused where its JSON is broken, with the line and the column", async () => {
    const place = workplace();
    writeFileSync(place.path("broken.json"), '{\n  "name": "x",,\n}');
    const { code, stderr } = await place.run(["run", "broken.json"]);
    expect(code).toBe(2);
    expect(stderr).toContain("line 2, column 15");
  });

  it("is refused where it is not UTF-8", async () => {
    const place = workplace();
    writeFileSync(place.path("latin.json"), Buffer.from([0x22, 0xe4, 0x22]));
    const { code, stderr } = await place.run(["run", "latin.json"]);
    expect(code).toBe(2);
    expect(stderr).toContain("is not UTF-8 text");
  });

  it("is refused before it is read where it is larger than any graph", async () => {
    const place = workplace();
    const path = place.path("huge.json");
    closeSync(openSync(path, "w"));
    truncateSync(path, 300 * 1024 * 1024);
    const { code, stderr } = await place.run(["run", path]);
    expect(code).toBe(2);
    expect(stderr).toContain("has 314572800 bytes; a graph has at most 67108864");
  });

  it("is refused where it never ends", async () => {
    const place = workplace();
    const { code, stderr } = await place.run(["run", "/dev/zero"]);
    expect(code).toBe(2);
    expect(stderr).toContain("goes on");
  });

  it("is refused with every finding at once, each with its place and its repair", async () => {
    const place = workplace();
    const graph = place.graph("wrong", [
      { id: "a", shell: ":", needs: ["b"], timeoutSecond: 3 },
      { id: "b", shell: ":", needs: ["a"], color: "red" },
    ]);
    const text = await place.run(["run", graph]);
    expect(text).toMatchObject({ code: 2, stdout: "" });
    expect(text.stderr).toContain("/steps/0/timeoutSecond");
    expect(text.stderr).toContain("/steps/1/color");
    expect(text.stderr).toContain("dependency-cycle");
    const json = await place.run(["run", graph, "--json"]);
    expect(json).toMatchObject({ code: 2, stderr: "" });
    const [line, ...more] = jsonLines(json.stdout);
    expect(more).toEqual([]);
    const { error } = line as { error: { code: string; diagnostics: { pointer: string; repair: string }[] } };
    expect(error.code).toBe("graph.invalid");
    expect(error.diagnostics).toHaveLength(3);
    for (const { repair } of error.diagnostics) expect(repair).not.toBe("");
  });

  it("is refused where a step's directory is missing or lies outside", async () => {
    const place = workplace();
    mkdirSync(place.path("inside"));
    const graph = place.graph("places", [
      { id: "a", shell: ":", cwd: "inside" },
      { id: "b", shell: ":", cwd: "missing" },
    ]);
    const missing = await place.run(["run", graph]);
    expect(missing.code).toBe(2);
    expect(missing.stderr).toContain("/steps/1/cwd");
    const outside = place.graph("outside", [{ id: "a", shell: ":", cwd: "../.." }]);
    const refused = await place.run(["run", outside, "--json"]);
    expect(refused.code).toBe(2);
    expect(jsonLines(refused.stdout)[0]).toMatchObject({ error: { diagnostics: [{ pointer: "/steps/0/cwd" }] } });
    const noRoot = await place.run(["run", graph, "--root", "nowhere"]);
    expect(noRoot).toMatchObject({ code: 2 });
    expect(noRoot.stderr).toContain("--root DIR");
  });
});

describe("a command line that cannot be meant", () => {
  it("is refused with 2 and the nearest thing that can", async () => {
    const place = workplace();
    const [command, option, missing, none] = await Promise.all([
      place.run(["statsu"]),
      place.run(["status", "r1", "--jsn"]),
      place.run(["result", "r1"]),
      place.run([]),
    ]);
    expect(command).toMatchObject({ code: 2, stdout: "" });
    expect(command.stderr).toContain("Did you mean status?");
    expect(option).toMatchObject({ code: 2 });
    expect(option.stderr).toContain("Did you mean --json?");
    expect(missing).toMatchObject({ code: 2 });
    expect(missing.stderr).toContain("result needs STEP");
    expect(none).toMatchObject({ code: 0 });
    expect(none.stdout).toContain("Usage: runfold COMMAND");
  });

  it("is refused where an id tries to leave its place", async () => {
    const place = workplace();
    const graph = place.graph("small", small);
    const run = await place.run(["run", graph, "--id", "../x"]);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toContain('"../x" cannot name a run');
    expect(existsSync(place.path(".runfold"))).toBe(false);
    await place.run(["run", graph, "--id", "r1"]);
    for (const command of ["status", "events", "cancel", "cleanup", "export"]) {
      expect((await place.run([command, "../x"])).code, command).toBe(2);
    }
    const unknown = await place.run(["status", "r2", "--json"]);
    expect(unknown.code).toBe(2);
    expect(jsonLines(unknown.stdout)).toMatchObject([{ error: { code: "run.unknown" } }]);
    expect((await place.run(["result", "r1", "../a"])).code).toBe(2);
  });
});

describe("a database that cannot be used", () => {
  it("is not made by a command that reads or acts on a run", async () => {
    const place = workplace();
    for (const args of [["runs"], ["status", "r"], ["cancel", "r"], ["cleanup", "r"], ["export", "r"]]) {
      const { code, stderr } = await place.run([...args, "--db", "none/runs.db"]);
      expect(code, args[0]).toBe(2);
      expect(stderr).toContain('There is no database "none/runs.db"');
    }
    expect(existsSync(place.path("none"))).toBe(false);
  });

  it("is refused where it is of a newer version, or no database of runs", async () => {
    const place = workplace();
    const graph = place.graph("small", small);
    await place.run(["run", graph, "--db", "new.db"]);
    place.excuse("new.db");
    const driver = openLibsql(place.path("new.db"), { readOnly: false });
    driver.exec("PRAGMA user_version = 99");
    driver.close();
    for (const args of [["runs"], ["run", graph]]) {
      const { code, stderr } = await place.run([...args, "--db", "new.db"]);
      expect(code, args[0]).toBe(2);
      expect(stderr).toContain("use a newer Runfold");
    }
    place.excuse("text.db");
    writeFileSync(place.path("text.db"), "This is not a database at all. ".repeat(100));
    expect((await place.run(["runs", "--db", "text.db"])).code).toBe(2);
    expect((await place.run(["run", graph, "--db", "."])).code).toBe(2);
  });

  it("can be read where it cannot be written, and a run there is told why not", async (context) => {
    const through = boundByModes(context);
    const place = workplace();
    const graph = place.graph("small", small);
    mkdirSync(place.path("kept"));
    await place.run(["run", graph, "--id", "r1", "--db", "kept/runs.db"]);
    chmodSync(place.path("kept/runs.db"), 0o444);
    chmodSync(place.path("kept"), 0o555);
    chmodSync(place.directory, 0o755);
    const read = await place.run(["status", "r1", "--db", "kept/runs.db"], { through });
    const run = await place.run(["run", graph, "--db", "kept/runs.db"], { through });
    chmodSync(place.path("kept"), 0o755);
    expect(read).toMatchObject({ code: 0, stderr: "" });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("cannot be written, and a run is kept in it");
  });
});
