import { describe, expect, it } from "vitest";
import { sqliteJournal } from "runfold/sqlite";
import { workplaces } from "./cli-process.ts";

const workplace = workplaces();

describe("runfold notices", () => {
  it("lists what a run told, and what became of it for each subscriber", async () => {
    const place = workplace();
    const steps = [
      { id: "a", shell: "exit 3" },
      { id: "b", shell: "true", needs: ["a"] },
    ];
    await place.run(["run", place.graph("told", steps), "--id", "r1"]);
    const journal = sqliteJournal(place.path(".runfold/runs.db"));
    const about = { attempts: 1, at: 1_790_000_000_000, notice: 1 };
    await journal.markNotice("r1", { subscriber: "desk", ...about, notice: 0, state: "open", attempts: 0 });
    const reason = "It said\n\u001b[31mno.";
    await journal.markNotice("r1", { subscriber: "hook", ...about, state: "undelivered", reason });
    await journal.markNotice("r1", { subscriber: "log", ...about, state: "delivered" });
    await journal.close();

    const { stdout, code } = await place.run(["notices", "r1"]);
    expect(code).toBe(0);
    expect(stdout.split("\n").map((line) => line.trim())).toEqual([
      expect.stringMatching(/^\d+\.\ds {2}1 {2}terminal:failed, step a failed, step b blocked, sink b blocked$/),
      "desk  waiting",
      "hook  undelivered: It said no.",
      "log  delivered",
      "",
    ]);
    expect(await place.json(["notices", "r1"])).toEqual({
      notice: {
        number: 1,
        position: expect.any(Number) as number,
        at: expect.any(Number) as number,
        isTerminal: true,
        status: "failed",
        reasons: ["terminal:failed", "step a failed", "step b blocked", "sink b blocked"],
        deliveries: [
          { subscriber: "desk", state: "waiting" },
          { subscriber: "hook", state: "undelivered", attempts: 1, at: about.at, reason },
          { subscriber: "log", state: "delivered", attempts: 1, at: about.at },
        ],
      },
    });
  });

  it("says so where there is nothing, and ends with 2 for a run that is not there", async () => {
    const place = workplace();
    const graph = place.graph("quiet", [{ id: "a", shell: "true" }], { notify: { mode: "none" } });
    await place.run(["run", graph, "--id", "r1"]);
    expect(await place.run(["notices", "r1"])).toMatchObject({
      code: 0,
      stdout: "",
      stderr: "The run told nothing.\n",
    });
    expect(await place.run(["notices", "r1", "--json"])).toMatchObject({ code: 0, stdout: "", stderr: "" });
    expect((await place.run(["notices", "r2"])).code).toBe(2);
  });
});
