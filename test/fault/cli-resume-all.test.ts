import { existsSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { showsProcesses } from "../support/processes.ts";
import { jsonLines, workplaces, type Workplace } from "./cli-process.ts";
import { leftRun, letGo } from "./left-run.ts";
import { leftTasks } from "./left-tasks.ts";

const workplace = workplaces();

async function statusOf(place: Workplace, id: string): Promise<unknown> {
  return ((await place.json(["status", id]))["run"] as Record<string, unknown>)["status"];
}

/** Fails where its process is lost. */
const failing = {
  name: "failing",
  objective: "Fail.",
  steps: [{ id: "only", shell: "echo begun; while :; do sleep 0.05; done", onInterrupted: "fail" }],
};

describe.runIf(showsProcesses)("resume of all runs", () => {
  it("takes over those that nobody writes, leads each line by its run, and ends with the worst code", async () => {
    const place = workplace();
    await leftRun(place, "a");
    // Its second step may be interrupted once, and fails with that.
    writeFileSync(place.path("b.json"), JSON.stringify(failing));
    const failed = place.start(["run", "b.json", "--id", "long-name"]);
    await failed.until("only  begun");
    failed.child.kill("SIGKILL");
    await failed.ended;
    const lives = place.start([
      "run",
      place.graph("lives", [{ id: "on", shell: "echo begun; sleep 1000" }]),
      "--id",
      "lives",
    ]);
    await lives.until("on  begun");
    letGo(place);
    const { code, stdout, stderr } = await place.run(["resume"]);
    expect(stdout).toMatch(/^a {9} .* three started, 3 steps$/m);
    expect(stdout).toMatch(/^long-name .* only {2}failed: /m);
    expect(stdout).toContain("Run a ended: succeeded");
    expect(stdout).toContain("Run long-name ended: failed");
    expect(stderr).toContain("Run a was left unfinished");
    expect(stderr).toContain("Run long-name was left unfinished");
    expect(stderr).toContain("1 unfinished run is left to the processes that run them.");
    expect(stdout).not.toContain("lives");
    expect(code).toBe(1);
  });

  it("gives programs one shape, however many there are", async () => {
    const place = workplace();
    await leftRun(place, "r1");
    letGo(place);
    const lines = jsonLines((await place.run(["resume", "--json"])).stdout);
    expect(lines[0]).toMatchObject({ run: "r1", position: 1, event: { type: "run.started" } });
    expect(lines.at(-1)).toMatchObject({ run: { id: "r1", status: "succeeded" }, steps: [{}, {}, {}] });
  });

  it("is shown as a run is where there is one alone, and then finds nothing more to do", async () => {
    const place = workplace();
    await leftRun(place, "r1");
    letGo(place);
    expect((await place.run(["resume"])).stdout).toMatch(/^Run r1\n +0\.0s/);
    const nothing = await place.run(["resume"]);
    expect(nothing).toMatchObject({ code: 0, stdout: "" });
    expect(nothing.stderr).toBe("There is nothing to resume: no run was left unfinished.\n");
    expect(await place.run(["resume", "--detach", "--json"])).toMatchObject({ code: 0, stdout: "" });
  });

  it("is ended by Ctrl-C, all of them", async () => {
    const place = workplace();
    await leftRun(place, "a");
    await leftRun(place, "b");
    const resumed = place.start(["resume"]);
    for (const id of ["a", "b"]) await resumed.until(`${id}  `);
    await resumed.until("attempt 2 started");
    resumed.child.kill("SIGINT");
    const { code, stderr } = await resumed.ended;
    expect(stderr).toContain("Canceling: their steps are told to stop.");
    expect(code).toBe(3);
    expect([await statusOf(place, "a"), await statusOf(place, "b")]).toEqual(["canceled", "canceled"]);
  });

  it("goes on in the background with --detach", async () => {
    const place = workplace();
    await leftRun(place, "a");
    await leftRun(place, "b");
    expect(await place.run(["resume", "--detach"])).toMatchObject({ code: 0, stdout: "a\nb\n" });
    letGo(place);
    for (const id of ["a", "b"]) {
      expect((await place.run(["events", id, "--follow"])).code).toBe(0);
      expect(await statusOf(place, id)).toBe("succeeded");
    }
  });

  it("is kept from going on by none that cannot be run here", async () => {
    const place = workplace();
    await leftTasks(place, "t1");
    await leftRun(place, "r1");
    letGo(place);
    const { code, stdout, stderr } = await place.run(["resume"]);
    expect(code).toBe(2);
    expect(stderr).toContain("Run t1 stays as it is.");
    expect(stdout).toContain("Run r1 ended: succeeded");
    const lines = jsonLines((await place.run(["resume", "--json"])).stdout);
    expect(lines).toMatchObject([{ error: { code: "graph.invalid", run: "t1" } }]);
    expect((await place.run(["resume", "--detach"])).code).toBe(2);
  });
});

describe("resume of all runs, some of which came from files,", () => {
  /** A database that has unfinished runs of these ids from files. Their commands leave a mark once they may. */
  async function placeWithImports(ids: readonly string[]): Promise<Workplace> {
    const place = workplace();
    for (const id of ids) {
      const graph = place.graph("slow", [{ id: "a", shell: "echo begun; test -e go && touch ran || sleep 1000" }]);
      const running = place.start(["run", graph, "--id", id, "--db", "other.db"]);
      await running.until("begun");
      expect((await place.run(["export", id, "--output", `${id}.ndjson`, "--db", "other.db"])).code).toBe(0);
      running.child.kill("SIGINT");
      await running.ended;
      expect((await place.run(["import", `${id}.ndjson`])).code).toBe(0);
    }
    return place;
  }

  it("leaves those, says so, and ends with 0", async () => {
    const place = await placeWithImports(["r1"]);
    letGo(place);
    const { code, stdout, stderr } = await place.run(["resume"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    expect(stderr).toBe(
      "There is nothing to resume by itself. 1 unfinished run came from a file and is left as it is: r1. " +
        "Its commands are the file's: go on with it with runfold resume r1\n",
    );
    for (const how of [[], ["--detach"]]) {
      const json = await place.run(["resume", "--json", ...how]);
      expect(json.code).toBe(0);
      expect(jsonLines(json.stdout)).toMatchObject([{ left: { run: "r1", reason: "imported" } }]);
    }
    expect((await place.run(["resume", "--detach"])).stdout).toBe("");
    expect(await statusOf(place, "r1")).toBe("running");
    expect(existsSync(place.path("ran"))).toBe(false);
    expect((await place.run(["resume", "r1"])).code).toBe(0);
    expect(existsSync(place.path("ran"))).toBe(true);
  });

  it.runIf(showsProcesses)("goes on with the others", async () => {
    const place = await placeWithImports(["r1", "r2"]);
    await leftRun(place, "r3");
    letGo(place);
    const { code, stdout, stderr } = await place.run(["resume"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Run r3\n/);
    expect(stderr).toContain("2 unfinished runs came from files and are left as they are: r1, r2. ");
    expect([await statusOf(place, "r1"), await statusOf(place, "r2")]).toEqual(["running", "running"]);
    expect(existsSync(place.path("ran"))).toBe(false);
  });
});
