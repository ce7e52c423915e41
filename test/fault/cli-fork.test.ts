import { writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { showsProcesses } from "../support/processes.ts";
import { jsonLines, workplaces, type Workplace } from "./cli-process.ts";
import { leftRun, letGo, marks, startedRun } from "./left-run.ts";

const workplace = workplaces();
const steps = [
  { id: "a", shell: "echo a >> marks; echo one" },
  { id: "b", shell: 'echo b >> marks; echo "$RUNFOLD_INPUT_A two"; test -e fixed', needs: ["a"] },
  { id: "c", shell: 'echo c >> marks; echo "$RUNFOLD_INPUT_B three"', needs: ["b"] },
];

interface Source {
  readonly place: Workplace;
  /** After a has ended and b has started. */
  readonly at: number;
  readonly newest: number;
}

/** A run whose second step failed. */
async function failed(): Promise<Source> {
  const place = workplace();
  await place.run(["run", place.graph("three", steps), "--id", "r1"]);
  const events = jsonLines((await place.run(["events", "r1", "--json"])).stdout);
  const startOfB = events.find(({ event }) => {
    const fact = event as { type: string; step?: string };
    return fact.type === "step.started" && fact.step === "b";
  });
  return { place, at: Number(startOfB?.["position"]), newest: events.length };
}

async function journalOf(place: Workplace, id: string): Promise<string> {
  return (await place.run(["export", id])).stdout;
}

describe("fork of a run", () => {
  it("keeps the outputs of what had ended, runs the rest, and leaves the other as it was", async () => {
    const { place, at } = await failed();
    const before = await journalOf(place, "r1");
    writeFileSync(place.path("fixed"), "");
    const { code, stdout, stderr } = await place.run(["fork", "r1", "--at", String(at), "--id", "r2"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^Run r2\n/);
    expect(stdout).toContain(`forked from r1 at position ${at}`);
    expect(stdout).toContain("Run r2 ended: succeeded");
    expect((await place.run(["result", "r2", "c"])).stdout).toBe("one two three\n");
    // The first one once, by r1 alone.
    expect(marks(place)).toEqual(["a", "b", "b", "c"]);
    expect(await journalOf(place, "r1")).toBe(before);
    expect((await place.run(["verify", "--all"])).code).toBe(0);
  });

  it("ends with the code of the new run, and names one itself where no id is given", async () => {
    const { place, at } = await failed();
    const { code, stdout } = await place.run(["fork", "r1", "--at", String(at), "--json"]);
    expect(code).toBe(1);
    const lines = jsonLines(stdout);
    const { run } = lines.at(-1) as { run: { id: string; status: string } };
    expect(lines[at]).toMatchObject({ position: at + 1, event: { type: "run.forked", run: run.id } });
    expect(run).toMatchObject({ status: "mixed" });
    expect(run.id).not.toBe("r1");
  });

  it("goes on with an edited graph", async () => {
    const { place, at } = await failed();
    const [a, b] = steps;
    // The last one changed, and one more.
    const edited = [a, b, { id: "c", shell: "echo other", after: ["b"] }, { id: "d", shell: "echo new", needs: ["c"] }];
    const path = place.graph("edited", edited as object[]);
    const { code } = await place.run(["fork", "r1", "--at", String(at), "--id", "r2", "--graph", path]);
    expect(code).toBe(1);
    expect((await place.run(["result", "r2", "d"])).stdout).toBe("new\n");
    expect((await place.run(["verify", "r2"])).code).toBe(0);
  });

  it("goes on in the background with --detach", async () => {
    const { place, at } = await failed();
    writeFileSync(place.path("fixed"), "");
    const path = place.graph("three", steps);
    const args = ["fork", "r1", "--at", String(at), "--id", "r2", "--graph", path, "--detach"];
    expect(await place.run(args)).toMatchObject({ code: 0, stdout: "r2\n", stderr: "" });
    expect((await place.run(["events", "r2", "--follow"])).stdout).toContain("run.forked");
    expect(await place.json(["status", "r2"])).toMatchObject({ run: { status: "succeeded" } });
    const refused = await place.run(args);
    expect(refused).toMatchObject({ code: 2, stdout: "" });
    expect(refused.stderr).toContain("There is a run r2 already");
  });

  it("is ended by Ctrl-C as a run is, also where the other one lives", async () => {
    const place = workplace();
    const first = await startedRun(place, "r1");
    const fork = place.start(["fork", "r1", "--at", "5", "--id", "r2"]);
    await fork.until("second  attempt 2 started");
    fork.child.kill("SIGINT");
    expect((await fork.ended).code).toBe(3);
    letGo(place);
    expect((await first.ended).code).toBe(0);
  });

  it.runIf(showsProcesses)("begins from a run whose process was killed, which stays as it is", async () => {
    const place = workplace();
    await leftRun(place, "r1");
    letGo(place);
    expect((await place.run(["fork", "r1", "--at", "5", "--id", "r2"])).code).toBe(0);
    expect(await place.json(["status", "r1"])).toMatchObject({ run: { status: "running" } });
    expect(marks(place)).toEqual(["first", "third"]);
  });
});

describe("a fork that cannot be", () => {
  it("is refused with 2 at a position that is none", async () => {
    const { place, at, newest } = await failed();
    const inside = await place.run(["fork", "r1", "--at", String(at - 1), "--id", "r2"]);
    expect(inside).toMatchObject({ code: 2, stdout: "" });
    expect(inside.stderr).toMatch(new RegExp(`it lies inside a commit; fork at \\d+ or ${at}\\.\n$`));
    const beyond = await place.run(["fork", "r1", "--at", String(newest + 1)]);
    expect(beyond).toMatchObject({ code: 2, stdout: "" });
    expect(beyond.stderr).toContain(`its journal goes from 1 to ${newest}`);
    const zero = await place.run(["fork", "r1", "--at", "0"]);
    expect(zero).toMatchObject({ code: 2, stdout: "" });
    expect(zero.stderr).toContain("Start the graph instead");
    for (const position of ["1.5", "x", ""]) {
      const { code, stderr } = await place.run(["fork", "r1", `--at=${position}`]);
      expect({ position, code }).toEqual({ position, code: 2 });
      expect(stderr).toContain("a whole number from 1");
    }
    expect((await place.run(["fork", "r1"])).stderr).toContain("fork needs a position: --at N");
    expect(jsonLines((await place.run(["runs", "--json"])).stdout)).toHaveLength(1);
  });

  it("is refused with 1 where the run had ended, and where the edit touches what had happened", async () => {
    const { place, at, newest } = await failed();
    const ended = await place.run(["fork", "r1", "--at", String(newest), "--id", "r2"]);
    expect(ended).toMatchObject({ code: 1, stdout: "" });
    expect(ended.stderr).toContain(`Run r1 cannot be forked at position ${newest}: `);
    const path = place.graph("edited", [{ id: "a", shell: "echo other" }, ...steps.slice(1)]);
    for (const options of [[], ["--detach"]]) {
      const touched = await place.run(["fork", "r1", "--at", String(at), "--graph", path, ...options]);
      expect(touched).toMatchObject({ code: 1, stdout: "" });
      expect(touched.stderr).toContain("Step a has already started or ended");
    }
    expect(jsonLines((await place.run(["runs", "--json"])).stdout)).toHaveLength(1);
  });

  it("is refused with 2 and each finding where the edited graph is none, or cannot be run here", async () => {
    const { place, at } = await failed();
    writeFileSync(
      place.path("bad.json"),
      JSON.stringify({ name: "bad", objective: "-", steps: [{ id: "a" }, { id: "a" }] }),
    );
    const bad = await place.run(["fork", "r1", "--at", String(at), "--graph", "bad.json"]);
    expect(bad).toMatchObject({ code: 2, stdout: "" });
    expect(bad.stderr).toContain("is not a graph that can be run");
    const path = place.graph("edited", [...steps.slice(0, 2), { id: "c", task: "unknown" }]);
    const { error } = (await place.json(["fork", "r1", "--at", String(at), "--graph", path])) as {
      error: { code: string; diagnostics: object[] };
    };
    expect(error).toMatchObject({ code: "graph.invalid", diagnostics: [{ pointer: "/steps/2/task" }] });
    expect((await place.run(["fork", "r1", "--at", String(at), "--graph", "none.json"])).code).toBe(2);
  });

  it("is refused with 2 for ids that are taken, none, or unknown", async () => {
    const { place, at } = await failed();
    const taken = await place.run(["fork", "r1", "--at", String(at), "--id", "r1"]);
    expect(taken).toMatchObject({ code: 2, stdout: "" });
    expect(taken.stderr).toContain("There is a run r1 already. Choose another --id");
    for (const args of [
      ["fork", "r1", "--at", String(at), "--id", "../x"],
      ["fork", "../r1", "--at", "3"],
      ["fork", "r9", "--at", "3"],
      ["fork", "r1", "--at", "3", "--db", "none.db"],
    ]) {
      expect(await place.run(args), args.join(" ")).toMatchObject({ code: 2, stdout: "" });
    }
  });
});
