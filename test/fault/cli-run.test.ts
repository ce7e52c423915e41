import { describe, expect, it } from "vitest";
import { commitSchema } from "../../src/domain/commit.ts";
import { jsonLines, workplaces } from "./cli-process.ts";

const workplace = workplaces();

const smallSteps = [
  { id: "first", shell: "echo one; echo two" },
  { id: "second", shell: 'cat "$RUNFOLD_INPUT_FIRST_FILE"', needs: ["first"] },
];
const mixedSteps = [
  ...smallSteps,
  { id: "broken", shell: "echo part; echo reason >&2; exit 7" },
  { id: "never", shell: ":", needs: ["broken"] },
];

describe("runfold run", () => {
  it("names the run first, shows each step, ends with a summary and with 0", async () => {
    const place = workplace();
    const { code, stdout, stderr } = await place.run(["run", place.graph("small", smallSteps), "--id", "r1"]);
    expect(stderr).toBe("");
    expect(stdout.split("\n")[0]).toBe("Run r1");
    expect(stdout).toMatch(/✔ first {2}succeeded/);
    expect(stdout).toMatch(/✔ second {2}succeeded/);
    expect(stdout).toMatch(/Run r1 ended: succeeded after .*2 succeeded/);
    expect(stdout).toContain("second gave:\n    one\n    two\n");
    expect(stdout).toContain("Look next: runfold result r1 second");
    expect(code).toBe(0);
  });

  it("ends with 1 for a run that succeeded in part, and says why", async () => {
    const place = workplace();
    const { code, stdout } = await place.run(["run", place.graph("mixed", mixedSteps), "--id", "r1"]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/✖ broken: .*code 7 reason/);
    expect(stdout).toContain("Look next: runfold result r1 broken");
  });

  it("streams events with --json, and ends with the line of status", async () => {
    const place = workplace();
    const graph = place.graph("small", smallSteps);
    const lines = jsonLines((await place.run(["run", graph, "--id", "r1", "--json"])).stdout);
    expect(lines[0]).toMatchObject({ position: 1, event: { type: "run.started", run: "r1" } });
    expect(lines.at(-2)).toMatchObject({ event: { type: "run.settled", status: "succeeded" } });
    expect(lines.map((line) => line["position"]).slice(0, -1)).toEqual(lines.slice(0, -1).map((_, index) => index + 1));
    const status = lines.at(-1);
    expect(status).toMatchObject({
      run: { id: "r1", status: "succeeded" },
      steps: [
        { id: "first", status: "succeeded" },
        { id: "second", status: "succeeded" },
      ],
    });
    expect(await place.json(["status", "r1"])).toEqual(status);
  });

  it("reads the graph from standard input for -", async () => {
    const place = workplace();
    const input = JSON.stringify({ name: "piped", objective: "x", steps: smallSteps });
    const { code, stdout } = await place.run(["run", "-", "--quiet"], { input });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Run \S+\n✔ Run \S+ ended: succeeded/);
  });

  it("does not start a run again that has ended", async () => {
    const place = workplace();
    const graph = place.graph("mixed", mixedSteps);
    const first = await place.run(["run", graph, "--id", "r1", "--json"]);
    const again = await place.run(["run", graph, "--id", "r1", "--json"]);
    expect(again.code).toBe(1);
    expect(again.stdout).toBe(first.stdout);
    expect(again.stderr).toContain("had already ended: mixed");
  });

  it("refuses another graph under an id that is taken", async () => {
    const place = workplace();
    await place.run(["run", place.graph("small", smallSteps), "--id", "r1"]);
    const { code, stderr } = await place.run(["run", place.graph("mixed", mixedSteps), "--id", "r1"]);
    expect(code).toBe(2);
    expect(stderr).toContain("already exists, and it runs another graph");
  });

  it("takes control characters out of what steps print", async () => {
    const place = workplace();
    const graph = place.graph("steering", [
      { id: "loud", shell: "printf '\\033]0;title\\007\\033[31mred\\033[0m\\r\\n'" },
    ]);
    const { stdout } = await place.run(["run", graph]);
    expect(stdout).toContain("red");
    expect(stdout).not.toMatch(/[^\P{Cc}\n]/u);
    const coloured = await place.run(["run", graph], { env: { FORCE_COLOR: "1" } });
    expect(coloured.stdout).toContain("\u001b[32m✔\u001b[39m");
    const refused = await place.run(["run", graph], { env: { FORCE_COLOR: "1", NO_COLOR: "1" } });
    expect(refused.stdout).not.toContain("\u001b");
  });

  it("runs in the background with --detach, and returns once the run is in the journal", async () => {
    const place = workplace();
    const graph = place.graph("small", smallSteps);
    const { code, stdout } = await place.run(["run", graph, "--detach", "--id", "bg"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "bg\n" });
    expect((await place.run(["run", graph, "--id", "bg", "--quiet"])).code).toBe(0);
    expect(await place.json(["status", "bg"])).toMatchObject({ run: { status: "succeeded" } });
  });

  it("tells with --detach what the start was refused for", async () => {
    const place = workplace();
    const outside = place.graph("outside", [{ id: "a", shell: ":", cwd: "missing" }]);
    const refused = await place.run(["run", outside, "--detach"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("/steps/0/cwd");
    expect((await place.run(["run", place.path("no.json"), "--detach"])).code).toBe(2);
  });
});

describe("the commands that read, from other processes", () => {
  it("show a run, its events and its results", async () => {
    const place = workplace();
    await place.run(["run", place.graph("mixed", mixedSteps), "--id", "r1"]);
    const [runs, status, events, result, failed, failedJson] = await Promise.all([
      place.run(["runs"]),
      place.run(["status", "r1"]),
      place.run(["events", "r1", "--follow"]),
      place.run(["result", "r1", "second"]),
      place.run(["result", "r1", "broken"]),
      place.json(["result", "r1", "broken"]),
    ]);
    expect(runs.stdout).toMatch(/r1 {2}mixed +4\/4 steps .* mixed\n/);
    expect(status.stdout).toMatch(/✖ broken .*code 7/);
    expect(status.stdout).toMatch(/⊘ never {2}blocked by broken \(failed\)/);
    expect(events.stdout).toMatch(/^ +1 .*run\.started/);
    expect(events.stdout.trimEnd()).toMatch(/run\.settled +mixed$/);
    expect(result).toMatchObject({ code: 0, stdout: "one\ntwo\n", stderr: "" });
    expect(failed).toMatchObject({ code: 1, stdout: "" });
    expect(failed.stderr).toMatch(/gave no result: .*code 7/);
    expect(failed.stderr).toContain("What it had written until then:\npart");
    expect(failedJson).toMatchObject({
      run: "r1",
      step: { id: "broken", status: "failed" },
      exitCode: 7,
      failure: { kind: "exit", exitCode: 7 },
      partial: { stdout: "part", stderr: "reason", exitCode: 7 },
      artifacts: [],
    });
  });

  it("go on after a cursor, and refuse one of another run", async () => {
    const place = workplace();
    const graph = place.graph("small", smallSteps);
    await place.run(["run", graph, "--id", "r1"]);
    await place.run(["run", graph, "--id", "r2"]);
    const all = jsonLines((await place.run(["events", "r1", "--json"])).stdout);
    const cursor = String(all[1]?.["cursor"]);
    expect(jsonLines((await place.run(["events", "r1", "--json", "--after", cursor])).stdout)).toEqual(all.slice(2));
    const wait = await place.json(["status", "r1", "--after", cursor, "--wait", "5"]);
    expect(wait).toMatchObject({ wait: { woke: "end", isImmediate: true, before: cursor } });
    const wrong = await place.run(["events", "r2", "--after", cursor]);
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toContain("belongs to another run");
  });

  it("give back a large output byte for byte, and name its artifact", async () => {
    const place = workplace();
    await place.run(["run", place.graph("large", [{ id: "count", shell: "seq 1 30000" }]), "--id", "r1"]);
    const lines = Array.from({ length: 30_000 }, (_, index) => `${index + 1}\n`).join("");
    expect((await place.run(["result", "r1", "count"])).stdout).toBe(lines);
    const told = await place.json(["result", "r1", "count"]);
    expect(told).toMatchObject({ isOutputWhole: true, artifacts: [{ pointer: "/stdout" }] });
  });

  it("export a whole run, and overwrite nothing that they were not told to", async () => {
    const place = workplace();
    await place.run(["run", place.graph("small", smallSteps), "--id", "r1"]);
    const { stdout } = await place.run(["export", "r1"]);
    const [header, ...commits] = jsonLines(stdout);
    const end = commits.pop();
    expect(header).toMatchObject({ runfold: "export", version: 2, run: { id: "r1" }, commits: commits.length });
    expect(commits[0]).toMatchObject({ commit: { schema: commitSchema, input: { type: "run.start" } } });
    expect(end).toMatchObject({ end: { commits: commits.length } });
    const written = await place.json(["export", "r1", "--output", "r1.ndjson"]);
    expect(written).toEqual({ exported: { run: "r1", file: "r1.ndjson", commits: commits.length } });
    const again = await place.run(["export", "r1", "--output", "r1.ndjson"]);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain("--force replaces it");
    expect((await place.run(["export", "r1", "--output", "r1.ndjson", "--force"])).code).toBe(0);
  });

  it("delete a run that has ended", async () => {
    const place = workplace();
    await place.run(["run", place.graph("small", smallSteps), "--id", "r1"]);
    expect((await place.run(["cleanup", "r1"])).code).toBe(0);
    expect((await place.run(["cleanup", "r1"])).code).toBe(2);
    expect((await place.run(["runs", "--json"])).stdout).toBe("");
  });

  it("draw a graph without a database", async () => {
    const place = workplace();
    const graph = place.graph("small", smallSteps);
    const mermaid = await place.run(["graph", graph]);
    expect(mermaid.stdout).toMatch(/^flowchart TD\n[^]*s0 --> s1/);
    expect((await place.run(["graph", graph, "--format", "svg"])).stdout).toMatch(/^<svg [^]*<\/svg>\n$/);
    const schema = await place.run(["graph", "--format", "json-schema"]);
    expect(JSON.parse(schema.stdout)).toMatchObject({ properties: { steps: {} } });
    expect((await place.run(["graph", graph, "--format", "svgg"])).stderr).toContain("Did you mean svg?");
  });
});
