import { describe, expect, it } from "vitest";
import { showsProcesses } from "../support/processes.ts";
import { jsonLines, workplaces, type Workplace } from "./cli-process.ts";
import { editCommit } from "./edit-commit.ts";
import { leftRun } from "./left-run.ts";

const workplace = workplaces();
const steps = [
  { id: "a", shell: "echo a" },
  { id: "b", shell: "exit 4", needs: ["a"] },
  { id: "c", shell: "echo c", needs: ["b"] },
];

type Line = Readonly<Record<string, unknown>>;

async function recorded(): Promise<{ readonly place: Workplace; readonly events: readonly Line[] }> {
  const place = workplace();
  await place.run(["run", place.graph("small", steps), "--id", "r1"]);
  return { place, events: jsonLines((await place.run(["events", "r1", "--json"])).stdout) };
}

/** The position of the first event of a type, about a step. */
function positionOf(events: readonly Line[], type: string, step: string): number {
  const found = events.find(({ event }) => {
    const fact = event as { type: string; step?: string };
    return fact.type === type && fact.step === step;
  });
  return Number(found?.["position"]);
}

describe("replay of a run", () => {
  it("gives a line for each event, with the counts after it", async () => {
    const { place, events } = await recorded();
    const { code, stdout } = await place.run(["replay", "r1", "--json"]);
    expect(code).toBe(0);
    const frames = jsonLines(stdout);
    expect(frames.map(({ position, at, event }) => ({ position, at, event }))).toEqual(
      events.map(({ position, at, event }) => ({ position, at, event })),
    );
    const { run } = (await place.json(["status", "r1"])) as { run: Record<string, unknown> };
    expect(frames.at(-1)).toMatchObject({ run: { status: run["status"], counts: run["counts"] } });
    const failedAt = positionOf(events, "step.failed", "b");
    const counts = { pending: 1, running: 0, succeeded: 1, failed: 1, blocked: 0, timed_out: 0, canceled: 0 };
    expect(frames[failedAt - 1]).toMatchObject({ position: failedAt, run: { status: "running", counts } });
    const text = await place.run(["replay", "r1"]);
    const lines = text.stdout.trimEnd().split("\n");
    expect(lines).toHaveLength(events.length);
    expect(lines[failedAt - 1]).toMatch(
      /^ +\d+ {2}\d{4}-.*Z {2}step\.failed {2}b +running: 1 failed, 1 succeeded, 1 pending$/,
    );
  });

  it("shows it as it was at a position, in the form of status", async () => {
    const { place, events } = await recorded();
    const succeededAt = positionOf(events, "step.succeeded", "a");
    const then = await place.json(["replay", "r1", "--at", String(succeededAt)]);
    const at = events[succeededAt - 1]?.["at"];
    expect(then).toMatchObject({
      run: { id: "r1", status: "running", isEnded: false, position: succeededAt, updatedAt: at },
      steps: [
        { id: "a", status: "succeeded" },
        { id: "b", status: "pending" },
        { id: "c", status: "pending" },
      ],
      cursor: events[succeededAt - 1]?.["cursor"],
      replay: { position: succeededAt, positions: events.length, at },
    });
    const { stdout } = await place.run(["replay", "r1", "--at", String(succeededAt)]);
    expect(stdout).toMatch(
      new RegExp(`^Position ${succeededAt} of ${events.length}, \\d{4}-.*Z:\n▶ r1 running: small`),
    );
    expect(stdout).toContain("✔ a");
    expect(stdout).toContain("○ b");
    const last = await place.json(["replay", "r1", "--at", String(events.length)]);
    const { replay, ...status } = last;
    expect(replay).toMatchObject({ position: events.length, positions: events.length });
    expect(status).toEqual(await place.json(["status", "r1"]));
  });

  it("knows each position from the first to the last, and no other", async () => {
    const { place, events } = await recorded();
    const newest = events.length;
    for (const at of ["1", String(newest)]) expect((await place.run(["replay", "r1", "--at", at])).code).toBe(0);
    for (const at of ["0", "1.5", "1e1", "two", "", "99999999999999999999", String(newest + 1)]) {
      const { code, stdout, stderr } = await place.run(["replay", "r1", `--at=${at}`]);
      expect({ at, code, stdout }).toEqual({ at, code: 2, stdout: "" });
      expect(stderr).toContain(`a whole number from 1 to ${newest}`);
    }
    expect(await place.json(["replay", "r1", "--at=-1"])).toMatchObject({ error: { code: "position.invalid" } });
    expect((await place.run(["replay", "r2"])).code).toBe(2);
    expect((await place.run(["replay"])).code).toBe(2);
  });
});

describe.runIf(showsProcesses)("replay of a run whose process was killed", () => {
  it("tells the past, and nothing of what is to be done now", async () => {
    const place = workplace();
    await leftRun(place, "r1");
    const frames = jsonLines((await place.run(["replay", "r1", "--json"])).stdout);
    const { code, stdout, stderr } = await place.run(["replay", "r1", "--at", String(frames.length)]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain("▶ second");
    expect(stdout).not.toContain("gone");
    expect(stdout).not.toContain("resume");
    const then = (await place.json(["replay", "r1", "--at", "2"]))["run"] as Line;
    expect(then["owner"]).not.toHaveProperty("state");
  });
});

describe("replay of a run with a damaged commit", () => {
  it("goes up to the damage, which is told at the end, with 1", async () => {
    const { place, events } = await recorded();
    const whole = jsonLines((await place.run(["replay", "r1", "--json"])).stdout);
    // The commit in which b ends; c is blocked by it in the same one.
    const end = positionOf(events, "step.failed", "b") - 1;
    const position = Number(
      jsonLines((await place.run(["export", "r1"])).stdout)
        .map(({ commit }) => Number((commit as { position?: number } | undefined)?.position))
        .find((at) => at > end),
    );
    editCommit(place, position, (body) => `${body} `, "is left");
    const text = await place.run(["replay", "r1"]);
    expect(text.code).toBe(1);
    expect(text.stdout.trimEnd().split("\n")).toHaveLength(end);
    expect(text.stderr).toContain(`Everything up to position ${end} can be read, and was printed.`);
    const json = await place.run(["replay", "r1", "--json"]);
    expect(json).toMatchObject({ code: 1, stderr: "" });
    expect(jsonLines(json.stdout).slice(0, -1)).toEqual(whole.slice(0, end));
    expect(jsonLines(json.stdout).at(-1)).toMatchObject({ error: { code: "journal.corrupt" } });
    const before = await place.run(["replay", "r1", "--at", "2", "--json"]);
    expect(before.code).toBe(1);
    expect(jsonLines(before.stdout)).toMatchObject([{ run: { position: 2 } }, { error: { code: "journal.corrupt" } }]);
    const behind = await place.run(["replay", "r1", "--at", String(end + 1)]);
    expect(behind).toMatchObject({ code: 1, stdout: "" });
    expect(behind.stderr).toContain(`Everything up to position ${end} can be read, which ${end + 1} is not.`);
  });
});
