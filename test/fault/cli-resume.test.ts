import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { isRunning, processesWith, showsProcesses } from "../support/processes.ts";
import { jsonLines, workplaces, type Workplace } from "./cli-process.ts";
import { leftRun, letGo, marks, startedRun } from "./left-run.ts";
import { leftTasks } from "./left-tasks.ts";

const workplace = workplaces();

async function statusOf(place: Workplace, id: string): Promise<unknown> {
  return ((await place.json(["status", id]))["run"] as Record<string, unknown>)["status"];
}

describe.runIf(showsProcesses)("resume of a run whose process was killed", () => {
  it("says whose it was, shows it from its first event, and ends as it does", async () => {
    const place = workplace();
    const pid = await leftRun(place, "r1");
    expect((await place.run(["status", "r1"])).stdout).toContain("runfold resume r1");
    letGo(place);
    const { code, stdout, stderr } = await place.run(["resume", "r1"]);
    expect(stderr).toMatch(new RegExp(`^Run r1 was left unfinished by process ${pid} on .*; it goes on here\\.\n$`));
    expect(stdout).toMatch(/^Run r1\n/);
    expect(stdout).toContain("first  succeeded");
    expect(stdout).toContain("second  attempt 1 was lost with its process");
    expect(stdout).toContain("Run r1 ended: succeeded");
    expect(code).toBe(0);
    // What was acknowledged is not done again.
    expect(marks(place)).toEqual(["first", "third"]);
  });

  it("ends with the line of status with --json, and with that alone with --quiet", async () => {
    const place = workplace();
    await leftRun(place, "r1");
    letGo(place);
    const lines = jsonLines((await place.run(["resume", "r1", "--json"])).stdout);
    expect(lines[0]).toMatchObject({ position: 1, event: { type: "run.started" } });
    expect(lines.map(({ position }) => position).slice(0, -1)).toEqual(lines.slice(1).map((_, index) => index + 1));
    expect(lines.at(-1)).toMatchObject({ run: { id: "r1", status: "succeeded" } });
    const again = jsonLines((await place.run(["resume", "r1", "--json", "--quiet"])).stdout);
    expect(again).toEqual(lines.slice(-1));
  });

  it("goes on in the background with --detach", async () => {
    const place = workplace();
    await leftRun(place, "r1");
    const { code, stdout, stderr } = await place.run(["resume", "r1", "--detach"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: "r1\n" });
    expect(stderr).toContain("it goes on here");
    const again = await place.run(["resume", "r1", "--detach"]);
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toContain("runfold resume r1 --force");
    letGo(place);
    expect((await place.run(["events", "r1", "--follow"])).stdout).toContain("run.settled");
    expect(await statusOf(place, "r1")).toBe("succeeded");
  });

  it("is ended by Ctrl-C as a run is", async () => {
    const place = workplace();
    await leftRun(place, "r1");
    const resumed = place.start(["resume", "r1"]);
    await resumed.until("second  attempt 2 started");
    resumed.child.kill("SIGINT");
    const { code, stdout, stderr } = await resumed.ended;
    expect(stderr).toContain("Canceling: its steps are told to stop. Ctrl-C again");
    expect(stdout).toContain("Run r1 ended: canceled");
    expect(code).toBe(3);
    expect((await place.run(["resume", "r1"])).code).toBe(3);
  });

  it("may itself be killed, and resumed again", async () => {
    const place = workplace();
    await leftRun(place, "r1");
    for (let attempt = 2; attempt < 5; attempt++) {
      const resumed = place.start(["resume", "r1"]);
      await resumed.until(`second  attempt ${attempt} started`);
      resumed.child.kill("SIGKILL");
      await resumed.ended;
    }
    letGo(place);
    expect((await place.run(["resume", "r1"])).code).toBe(0);
    expect(marks(place)).toEqual(["first", "third"]);
    expect((await place.run(["verify", "r1"])).code).toBe(0);
  });

  it("is done by one of two that try at once; the other follows it or is refused", async () => {
    const place = workplace();
    await leftRun(place, "r1");
    letGo(place);
    const both = await Promise.all([place.run(["resume", "r1"]), place.run(["resume", "r1"])]);
    const codes = both.map(({ code }) => code);
    expect(codes).toContain(0);
    const refused = both.filter(({ code }) => code !== 0);
    for (const { stderr } of refused) expect(stderr).toContain("which lives");
    expect(marks(place)).toEqual(["first", "third"]);
  });
});

describe.runIf(showsProcesses)("run with the id of a run whose process was killed", () => {
  it.each([[[]], [["--detach"]]])("takes it over and says so, %j", async (options) => {
    const place = workplace();
    const pid = await leftRun(place, "r1");
    letGo(place);
    const { code, stderr } = await place.run(["run", place.path("three.json"), "--id", "r1", ...options]);
    expect(code).toBe(0);
    expect(stderr).toContain(`Run r1 was left unfinished by process ${pid} on `);
    expect((await place.run(["events", "r1", "--follow"])).code).toBe(0);
    expect(await statusOf(place, "r1")).toBe("succeeded");
    expect(marks(place)).toEqual(["first", "third"]);
  });
});

describe.runIf(showsProcesses)("resume of a run whose process lives", () => {
  it("is refused with what can be done, and takes it by force; the other process ends what it ran", async () => {
    const place = workplace();
    const first = await startedRun(place, "r1");
    const refused = await place.run(["resume", "r1"]);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(
      /^runfold: Run r1 is written by process \d+ on .*, which lives\. Follow it with runfold events r1 --follow, end it with runfold cancel r1, or take it over with runfold resume r1 --force\.\n$/,
    );
    expect(await place.json(["resume", "r1"])).toMatchObject({ error: { code: "run.live" } });
    const second = place.start(["resume", "r1", "--force"]);
    await second.until("second  attempt 2 started");
    const lost = await first.ended;
    expect(lost.code).toBe(1);
    expect(lost.stderr).toContain("Run r1 was taken over by another process; what this one ran of it was ended.");
    letGo(place);
    const { code, stderr } = await second.ended;
    expect(stderr).toContain(`Run r1 was taken from process ${first.child.pid} on `);
    expect(code).toBe(0);
    expect(marks(place)).toEqual(["first", "third"]);
    await eventually(async () => (await leftOver(place)).length === 0, "nothing of the first process is left");
  });

  it("is refused for all runs at once", async () => {
    const place = workplace();
    expect(await place.run(["resume", "--force"])).toMatchObject({ code: 2, stdout: "" });
  });
});

async function leftOver(place: Workplace): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await processesWith(place.directory)) if (await isRunning(pid)) found.push(pid);
  return found;
}

describe("resume of a run that has ended", () => {
  it("says so, shows it once more, and ends with its code", async () => {
    const place = workplace();
    await place.run(["run", place.graph("small", [{ id: "a", shell: "exit 4" }]), "--id", "r1"]);
    for (const options of [[], ["--force"]]) {
      const { code, stdout, stderr } = await place.run(["resume", "r1", ...options]);
      expect(code).toBe(1);
      expect(stderr).toBe("Run r1 had already ended: failed. It is not started again.\n");
      expect(stdout).toContain("Run r1 ended: failed");
    }
  });
});

describe("resume of what is not there", () => {
  it("is refused with 2", async () => {
    const place = workplace();
    for (const args of [["resume"], ["resume", "r1"]]) {
      const { code, stderr } = await place.run(args);
      expect(code).toBe(2);
      expect(stderr).toContain("There is no database");
    }
    await place.run(["run", place.graph("small", [{ id: "a", shell: ":" }]), "--id", "r1"]);
    for (const args of [
      ["resume", "r2"],
      ["resume", "r2", "--detach"],
    ]) {
      const { code, stderr } = await place.run(args);
      expect(code).toBe(2);
      expect(stderr).toContain("There is no run r2 in ");
    }
    for (const id of ["", "../r1"]) expect((await place.run(["resume", id])).code).toBe(2);
  });
});

describe.runIf(showsProcesses)("resume of a run that cannot be run here", () => {
  it("tells each finding, ends with 2, and leaves the run as it is", async () => {
    const place = workplace();
    await leftTasks(place, "t1");
    const before = (await place.run(["events", "t1", "--json"])).stdout;
    for (const args of [
      ["resume", "t1"],
      ["resume", "t1", "--detach"],
      ["resume", "t1", "--force"],
    ]) {
      const { code, stdout, stderr } = await place.run(args);
      expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: "" });
      expect(stderr).toContain("at /steps/1/");
      expect(stderr).toContain("at /steps/2/");
      // What has ended need not be run.
      expect(stderr).not.toContain("at /steps/0/");
    }
    const { error } = (await place.json(["resume", "t1"])) as { error: { code: string; diagnostics: unknown[] } };
    expect(error.code).toBe("graph.invalid");
    expect(error.diagnostics).toHaveLength(2);
    expect((await place.run(["events", "t1", "--json"])).stdout).toBe(before);
  });
});
