import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { isRunning, processesWith, showsProcesses } from "../support/processes.ts";
import { commandLine } from "../support/built-command.ts";
import { jsonLines, workplaces, type Workplace } from "./cli-process.ts";

const workplace = workplaces();

/** Minds neither SIGTERM nor the end of the run: only force ends it. */
const stubborn = { id: "stubborn", shell: "trap '' TERM; echo ready; while :; do sleep 0.05; done" };
const obliging = { id: "obliging", shell: "trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done" };

describe("Ctrl-C", () => {
  it("once cancels the run, and lets its steps end by themselves", async () => {
    const place = workplace();
    const graph = place.graph("calm", [obliging, { id: "later", shell: ":", needs: ["obliging"] }]);
    const run = place.start(["run", graph, "--id", "r1"]);
    await run.until("obliging  ready");
    run.child.kill("SIGINT");
    const { code, stdout, stderr } = await run.ended;
    expect(stderr).toContain("Canceling: its steps are told to stop. Ctrl-C again");
    expect(stdout).toContain("Run r1 ended: canceled");
    expect(code).toBe(3);
    expect(await place.json(["result", "r1", "obliging"])).toMatchObject({ partial: { stdout: "ready\nbye" } });
  });

  it("twice ends by force what does not mind being told", async () => {
    const place = workplace();
    const run = place.start(["run", place.graph("wild", [stubborn]), "--id", "r1"]);
    await run.until("stubborn  ready");
    run.child.kill("SIGINT");
    await run.until("Ctrl-C again");
    run.child.kill("SIGINT");
    const { code, stderr } = await run.ended;
    expect(stderr).toContain("Canceling by force");
    expect(code).toBe(3);
    const requests = jsonLines((await place.run(["events", "r1", "--json"])).stdout)
      .map((line) => line["event"])
      .filter((event) => (event as { type: string }).type === "run.cancelRequested");
    expect(requests).toMatchObject([{ force: false }, { force: true }]);
  });

  it("is what SIGTERM and SIGHUP mean, however often they come", async () => {
    const place = workplace();
    const run = place.start(["run", place.graph("calm", [obliging]), "--id", "r1", "--json"]);
    await run.until('"text":"ready');
    run.child.kill("SIGHUP");
    run.child.kill("SIGTERM");
    run.child.kill("SIGTERM");
    const { code, stdout, stderr } = await run.ended;
    expect(stderr).not.toContain("Canceling by force");
    expect(code).toBe(3);
    expect(jsonLines(stdout).at(-1)).toMatchObject({ run: { status: "canceled", cancelReason: "Interrupted." } });
  });
});

describe("a run in one process and commands in others", () => {
  it("is followed by a second process with the same id, which ends as the run does", async () => {
    const place = workplace();
    const graph = place.graph("calm", [obliging]);
    const first = place.start(["run", graph, "--id", "r1"]);
    await first.until("obliging  ready");
    const second = place.start(["run", graph, "--id", "r1"]);
    await second.until(`is run by process ${first.child.pid}`);
    await second.until("obliging  ready");
    const canceled = await place.run(["cancel", "r1", "--reason", "enough", "--json"]);
    expect(canceled.code).toBe(0);
    expect(jsonLines(canceled.stdout)).toMatchObject([{ run: { id: "r1", cancelReason: "enough" } }]);
    expect(await Promise.all([first.ended, second.ended])).toMatchObject([{ code: 3 }, { code: 3 }]);
    const again = await place.run(["cancel", "r1"]);
    expect(again).toMatchObject({ code: 1, stdout: "" });
    expect(again.stderr).toContain("has already ended: canceled");
  });

  it("starts once when two processes start it at the same time", async () => {
    const place = workplace();
    const graph = place.graph("once", [{ id: "mark", shell: "echo started >> marks; cat marks" }]);
    const both = await Promise.all([
      place.run(["run", graph, "--id", "r1", "--json"]),
      place.run(["run", graph, "--id", "r1", "--json"]),
    ]);
    expect(both).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(both[0].stdout).toBe(both[1].stdout);
    expect((await place.run(["result", "r1", "mark"])).stdout).toBe("started\n");
  });

  it("is not deleted while it lives, and is ended by a forced cancel", async () => {
    const place = workplace();
    const run = place.start(["run", place.graph("wild", [stubborn]), "--id", "r1"]);
    await run.until("stubborn  ready");
    const refused = await place.run(["cleanup", "r1"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("has not ended");
    expect((await place.run(["cancel", "r1", "--force"])).stdout).toBe("Run r1 is being ended by force.\n");
    expect((await run.ended).code).toBe(3);
  });

  it("goes on in the background until it is canceled from here", async () => {
    const place = workplace();
    const detached = await place.run(["run", place.graph("calm", [obliging]), "--detach", "--id", "bg"]);
    expect(detached).toMatchObject({ code: 0, stdout: "bg\n" });
    const follower = place.start(["events", "bg", "--follow"]);
    await follower.until("ready");
    const running = await place.json(["status", "bg"]);
    expect(running).toMatchObject({ run: { status: "running", owner: { state: "alive" } } });
    expect((await place.run(["cancel", "bg"])).code).toBe(0);
    expect(await follower.ended).toMatchObject({ code: 0 });
    expect(await place.json(["status", "bg"])).toMatchObject({ run: { status: "canceled" } });
  });
});

describe.runIf(showsProcesses)("a run whose process was killed", () => {
  it("is told to be abandoned by every command but those that go on with it, and its database still opens", async () => {
    const place = workplace();
    const graph = place.graph("calm", [obliging]);
    const first = place.start(["run", graph, "--id", "r1"]);
    await first.until("obliging  ready");
    const follower = place.start(["run", graph, "--id", "r1"]);
    await follower.until("this follows it");
    const events = place.start(["events", "r1", "--follow"]);
    await events.until("ready");
    first.child.kill("SIGKILL");
    const expected = `its process ${first.child.pid}`;
    for (const { code, stderr } of [await follower.ended, await events.ended]) {
      expect(code).toBe(1);
      expect(stderr).toContain(expected);
    }
    const canceled = await place.run(["cancel", "r1"]);
    expect(canceled).toMatchObject({ code: 1, stdout: "" });
    expect(canceled.stderr).toContain("runfold resume r1");
    expect(await place.json(["status", "r1"])).toMatchObject({ run: { status: "running", owner: { state: "gone" } } });
    expect((await place.run(["runs"])).stdout).toContain("(its process is gone)");
    // A wait that would never end is given up.
    const waited = await place.json(["status", "r1", "--wait", "80000"]);
    expect(waited).toMatchObject({ wait: { woke: "timeout" }, run: { owner: { state: "gone" } } });
    expect((await place.run(["cleanup", "r1"])).code).toBe(0);
    expect((await place.run(["status", "r1"])).code).toBe(2);
    expect((await place.run(["run", graph, "--id", "r2", "--detach"])).code).toBe(0);
    expect((await place.run(["cancel", "r2", "--force"])).code).toBe(0);
    expect((await place.run(["events", "r2", "--follow"])).code).toBe(0);
  });
});

describe("a reader that goes away", () => {
  it("does not end the run, whose exit code stays its own", async () => {
    const place = workplace();
    const graph = place.graph("patient", [
      { id: "waits", shell: "echo ready; while ! test -e go; do sleep 0.05; done" },
      { id: "fails", shell: "exit 4", needs: ["waits"] },
    ]);
    const run = place.start(["run", graph, "--id", "r1"]);
    await run.until("waits  ready");
    run.child.stdout.destroy();
    mkdirSync(place.path("go"));
    const { code, stderr } = await run.ended;
    expect(stderr).toBe("");
    expect(code).toBe(1);
    expect(await place.json(["status", "r1"])).toMatchObject({ run: { status: "mixed" } });
  });

  it("ends a command that reads quietly and with 0", async () => {
    const place = workplace();
    await place.run(["run", place.graph("small", [{ id: "a", shell: "seq 1 3000" }]), "--id", "r1"]);
    const quoted = [...commandLine, "events", "r1", "--json"].map((word) => `'${word}'`).join(" ");
    const { stdout, stderr } = spawnSync("sh", ["-c", `{ ${quoted}; echo "code $?" >&2; } | true`], {
      cwd: place.directory,
      encoding: "utf8",
    });
    expect({ stdout, stderr }).toEqual({ stdout: "", stderr: "code 0\n" });
  });
});

/** Steps that fill a journal, one after the other. */
function filling(place: Workplace): string {
  const text = "head -c 12000 /dev/zero | tr '\\0' x";
  const steps = Array.from({ length: 60 }, (_, index) => ({
    id: `s${index}`,
    shell: text,
    ...(index === 0 ? {} : { needs: [`s${index - 1}`] }),
  }));
  return place.graph("filling", steps);
}

describe("a disk that is full", () => {
  it("stops the run with 1, and keeps what was acknowledged", async (context) => {
    const place = workplace();
    mkdirSync(place.path("tiny"));
    const mounted = "mount -t tmpfs -o size=600k none tiny";
    if (spawnSync("unshare", ["-m", "sh", "-c", mounted], { cwd: place.directory }).status !== 0) {
      context.skip("A small file system cannot be mounted here.");
    }
    const line = (...args: string[]): string => [...commandLine, ...args].map((word) => `'${word}'`).join(" ");
    const full = line("run", filling(place), "--id", "r1", "--db", "tiny/runs.db", "--quiet");
    const read = line("status", "r1", "--db", "tiny/runs.db", "--json");
    const script = `${mounted} && ${full}; echo "code $?"; ${read}`;
    const run = place.start([], { instead: ["unshare", "-m", "sh", "-c", script] });
    const { stdout, stderr } = await run.ended;
    expect(stdout).toContain("code 1\n");
    expect(stderr).toContain("The run was stopped before its end.");
    expect(stderr).toContain("the disk is full");
    const position = Number(/up to position (\d+)/.exec(stderr)?.[1]);
    expect(jsonLines(stdout.slice(stdout.indexOf("{"))).at(-1)).toMatchObject({ run: { position, status: "running" } });
  });

  it("is told by a cleanup that it needs a little space itself", async (context) => {
    const place = workplace();
    mkdirSync(place.path("tiny"));
    const mounted = "mount -t tmpfs -o size=600k none tiny";
    if (spawnSync("unshare", ["-m", "sh", "-c", mounted], { cwd: place.directory }).status !== 0) {
      context.skip("A small file system cannot be mounted here.");
    }
    const line = (...args: string[]): string => [...commandLine, ...args].map((word) => `'${word}'`).join(" ");
    const small = place.graph("small", [{ id: "a", shell: ":" }]);
    const run = line("run", small, "--id", "r1", "--db", "tiny/runs.db", "--quiet");
    const cleanup = line("cleanup", "r1", "--db", "tiny/runs.db");
    const script = `${mounted} && ${run}; cat /dev/zero > tiny/ballast 2>&1; ${cleanup}; echo "code $?"; rm tiny/ballast; ${cleanup}`;
    const { stdout, stderr } = await place.run([], { instead: ["unshare", "-m", "sh", "-c", script] });
    expect(stderr).toMatch(
      /because the disk is full\. A cleanup writes .* needs a little space itself: free some elsewhere/,
    );
    expect(stdout).toContain("code 1\n");
    expect(stdout).toContain("Run r1 was deleted");
  });

  it("stops it likewise where files may not grow, and ends its steps", async (context) => {
    if (spawnSync("prlimit", ["--fsize=300000", "true"]).status !== 0) context.skip("There is no prlimit here.");
    const place = workplace();
    const through = ["prlimit", "--fsize=300000"];
    const { code, stderr } = await place.run(["run", filling(place), "--id", "r1", "--json"], { through });
    expect(code).toBe(1);
    expect(stderr).toBe("");
    const { stdout } = await place.run(["events", "r1", "--json"]);
    expect(jsonLines(stdout).length).toBeGreaterThan(1);
    expect((await place.run(["run", place.graph("small", [{ id: "a", shell: ":" }]), "--id", "r2"])).code).toBe(0);
    if (showsProcesses) await eventually(async () => (await leftOver(place)).length === 0, "its steps have ended");
  });
});

async function leftOver(place: Workplace): Promise<number[]> {
  const found: number[] = [];
  for (const pid of await processesWith(place.directory)) if (await isRunning(pid)) found.push(pid);
  return found;
}
