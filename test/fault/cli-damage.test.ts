import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { openLibsql } from "../../src/adapters/journals/sqlite-libsql.ts";
import { jsonLines, workplaces, type Workplace } from "./cli-process.ts";

const workplace = workplaces();
const steps = [
  { id: "a", shell: "echo a" },
  { id: "b", shell: "echo b", needs: ["a"] },
];

interface Damaged {
  readonly place: Workplace;
  /** The events and the commits as they were before the damage. */
  readonly events: readonly Record<string, unknown>[];
  readonly commits: readonly Record<string, unknown>[];
  /** How many commits stand before the damaged one, and the position of the last of them. */
  readonly kept: number;
  readonly end: number;
}

/** A run of which one commit, counted from the first, had its bytes changed behind SQLite's back. */
async function damaged(index: number): Promise<Damaged> {
  const place = workplace();
  await place.run(["run", place.graph("small", steps), "--id", "r1"]);
  const events = jsonLines((await place.run(["events", "r1", "--json"])).stdout);
  const commits = jsonLines((await place.run(["export", "r1"])).stdout).slice(1, -1);
  const positionOf = (at: number): number => (commits[at]?.["commit"] as { position?: number })?.position ?? 0;
  place.excuse(".runfold/runs.db");
  const driver = openLibsql(place.path(".runfold/runs.db"), { readOnly: false });
  driver.exec(`UPDATE commits SET body = body || ' ' WHERE position = ${positionOf(index)}`);
  driver.close();
  return { place, events, commits, kept: index, end: positionOf(index - 1) };
}

describe("events of a run with a damaged commit", () => {
  it("are printed up to the damage, which is told at the end, with 1", async () => {
    const { place, events, end } = await damaged(3);
    const text = await place.run(["events", "r1"]);
    expect(text.code).toBe(1);
    expect(text.stdout.trimEnd().split("\n")).toHaveLength(end);
    expect(text.stderr).toMatch(
      /^runfold: The journal of run r1 is damaged at position \d+: its checksum does not match\. /,
    );
    expect(text.stderr).toContain(`Everything up to position ${end} can be read, and was printed.`);
    expect(text.stderr).toContain("restore the database from a copy");
    for (const rest of [[], ["--follow"]]) {
      const json = await place.run(["events", "r1", "--json", ...rest]);
      expect(json).toMatchObject({ code: 1, stderr: "" });
      const lines = jsonLines(json.stdout);
      expect(lines.slice(0, -1)).toEqual(events.slice(0, end));
      expect(lines.at(-1)).toMatchObject({ error: { code: "journal.corrupt" } });
    }
  });

  it("begin after a cursor, also after one behind the damage", async () => {
    const { place, events, end } = await damaged(3);
    const before = await place.run(["events", "r1", "--json", "--after", String(events[1]?.["cursor"])]);
    expect(jsonLines(before.stdout).slice(0, -1)).toEqual(events.slice(2, end));
    const last = await place.run(["events", "r1", "--after", String(events[end - 1]?.["cursor"])]);
    expect(last).toMatchObject({ code: 1, stdout: "" });
    const behind = await place.run(["events", "r1", "--after", String(events.at(-1)?.["cursor"])]);
    expect(behind).toMatchObject({ code: 1, stdout: "" });
    expect(behind.stderr).toContain("--after names no place in it");
  });

  it("are none where the first commit is damaged", async () => {
    const { place } = await damaged(0);
    for (const command of ["events", "export"]) {
      const { code, stdout, stderr } = await place.run([command, "r1"]);
      expect({ command, code, stdout }).toEqual({ command, code: 1, stdout: "" });
      expect(stderr).toContain("Nothing before it can be read.");
    }
  });
});

describe("the export of a run with a damaged commit", () => {
  it("holds what stands before it, says so, and ends with 1", async () => {
    const { place, commits, kept, end } = await damaged(3);
    const text = await place.run(["export", "r1"]);
    expect(text.code).toBe(1);
    const [header, ...lines] = jsonLines(text.stdout);
    expect(header).toMatchObject({ commits: kept, isDamaged: true, run: { id: "r1", position: end } });
    // The hashes are others, because the header says something else; and nothing marks an end.
    expect(lines.map(({ commit }) => commit)).toEqual(commits.slice(0, kept).map(({ commit }) => commit));
    expect(text.stderr).toContain("is damaged at position");
    const json = await place.run(["export", "r1", "--json"]);
    expect(json).toMatchObject({ code: 1, stderr: "" });
    expect(jsonLines(json.stdout).at(-1)).toMatchObject({ error: { code: "journal.corrupt" } });
  });

  it("goes to a new file, and never takes the place of an older one", async () => {
    const { place, kept } = await damaged(3);
    writeFileSync(place.path("old"), "whole");
    const old = await place.run(["export", "r1", "--output", "old", "--force"]);
    expect(old).toMatchObject({ code: 2, stdout: "" });
    expect(old.stderr).toContain("A part of a run replaces no file");
    expect(readFileSync(place.path("old"), "utf8")).toBe("whole");
    const fresh = await place.run(["export", "r1", "--output", "new"]);
    expect(fresh).toMatchObject({ code: 1, stdout: "" });
    expect(fresh.stderr).toContain('was written to "new"');
    expect(jsonLines(readFileSync(place.path("new"), "utf8"))).toHaveLength(kept + 1);
    const imported = await place.run(["import", "new", "--db", "other.db"]);
    expect(imported).toMatchObject({ code: 2, stdout: "" });
    expect(imported.stderr).toContain("only the part of a run");
    expect(existsSync(place.path("other.db"))).toBe(false);
  });
});

describe("status and result of a run with a damaged commit", () => {
  it("name the damage, and the commands that show what stands before it", async () => {
    const { place } = await damaged(3);
    for (const args of [
      ["status", "r1"],
      ["result", "r1", "a"],
    ]) {
      const { code, stdout, stderr } = await place.run(args);
      expect({ args, code, stdout }).toEqual({ args, code: 1, stdout: "" });
      expect(stderr).toContain("is damaged at position");
      expect(stderr).toContain("runfold events r1");
    }
    expect(existsSync(place.path(".runfold/runs.db"))).toBe(true);
  });
});

describe("a current directory that was deleted", () => {
  it("is told in a sentence, with 2", async () => {
    const place = workplace();
    const script = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"';
    for (const args of [["runs"], ["status", "r1", "--json"]]) {
      const { code, stdout, stderr } = await place.run(args, { through: ["sh", "-c", script, "sh"] });
      expect(code).toBe(2);
      expect(stdout + stderr).toContain("The current directory has been deleted.");
      expect(stdout + stderr).not.toContain("bug");
    }
  });
});

describe("a page of a run with a damaged commit", () => {
  it("says so to whoever reads it, and not only to whoever writes it", async () => {
    const { place, end } = await damaged(3);
    const { code, stdout, stderr } = await place.run(["export", "r1", "--html"]);
    expect(code).toBe(1);
    expect(stderr).toContain(`Everything up to position ${end} can be read, and was printed.`);
    const [, text = ""] = /id="recorded-run">(.*?)<\/script>/s.exec(stdout) ?? [];
    expect(JSON.parse(text)).toMatchObject({
      writtenAtPosition: end,
      cutBecause: expect.stringContaining(`Everything up to position ${end} can be read, and is shown here.`) as string,
    });
  });
});
