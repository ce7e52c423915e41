import { describe, expect, test } from "vitest";
import { countOf, faultPlaces, graphOf } from "../support/fault-place.ts";
import { eventually } from "../support/eventually.ts";
import { isRunning, showsProcesses } from "../support/processes.ts";
import type { OwnerLine } from "../support/run-owner.ts";

const placeOf = faultPlaces();

const short = [
  { id: "a", shell: "echo a" },
  { id: "b", shell: "echo b", needs: ["a"] },
];
/** Its process carries no environment, so that nobody but who started it finds it. */
const unmarked = {
  id: "unmarked",
  shell: "exec env -i sh -c 'trap \"\" TERM; echo $$ > unmarked; while :; do sleep 0.05; done'",
};
const begun = {
  id: "begun",
  shell: "if [ $RUNFOLD_ATTEMPT = 1 ]; then echo $$ > begun; exec sleep 1000; fi; echo again",
};

const has = (key: keyof OwnerLine, run: string) => (line: OwnerLine) => line.run === run && line[key] !== undefined;

describe("two processes on one database", () => {
  test("run their own runs side by side, and nothing of one is in the other's", async () => {
    const place = placeOf();
    const names = (owner: string): string[] => Array.from({ length: 10 }, (_, number) => `${owner}${number}`);
    const start = (owner: string) =>
      place.owner({ graphs: Object.fromEntries(names(owner).map((id) => [id, graphOf(owner, short)])) });
    const owners = [start("p"), start("q")];
    for (const [index, name] of ["p", "q"].entries()) {
      for (const id of names(name)) {
        expect(await owners[index]!.until(has("ended", id))).toMatchObject({ ended: "succeeded" });
      }
      await owners[index]!.close();
    }
    for (const [index, name] of ["p", "q"].entries()) {
      for (const id of names(name)) {
        const { events, verification, snapshot } = await place.kept(id);
        expect(verification).toMatchObject({ ok: true });
        expect([snapshot.owner.pid, snapshot.graph.name]).toEqual([owners[index]!.pid, name]);
        expect(owners[index]!.eventsOf(id)).toEqual(events);
        expect(countOf(events, "run.recovered")).toBe(0);
      }
    }
  });

  test.runIf(showsProcesses)(
    "that both take an abandoned run over: one of them wins, and the other follows it",
    async () => {
      const place = placeOf();
      const ids = Array.from({ length: 12 }, (_, number) => `r${number}`);
      const steps = [{ id: "hold", shell: "[ $RUNFOLD_ATTEMPT = 2 ] || sleep 1000" }, ...short];
      const lost = place.owner({ graphs: Object.fromEntries(ids.map((id) => [id, graphOf("left", steps)])) });
      await lost.until(({ did }) => did === "start");
      await lost.kill();
      const rivals = [0, 1].map(() => place.owner(undefined, { options: { recover: false } }));
      for (const rival of rivals) await rival.until(({ did }) => did === "open");
      for (const rival of rivals) rival.tell({ resumes: ids });
      for (const id of ids) {
        const claims = await Promise.all(rivals.map((rival) => rival.until(has("resumed", id))));
        expect(claims.filter(({ resumed }) => resumed!.isMine)).toHaveLength(1);
        expect(claims.map(({ resumed }) => resumed!.epoch)).toEqual([2, 2]);
        const ends = await Promise.all(rivals.map((rival) => rival.until(has("ended", id))));
        expect(ends.map(({ ended }) => ended)).toEqual(["succeeded", "succeeded"]);
        const { events, verification } = await place.kept(id);
        expect(verification).toMatchObject({ ok: true });
        expect(countOf(events, "run.recovered")).toBe(1);
        // Both were told the same, by whoever wrote it.
        for (const rival of rivals) expect(rival.eventsOf(id)).toEqual(events);
      }
    },
  );

  test.runIf(showsProcesses)(
    "of which one takes a run from the other by force: the loser ends its commands and says so",
    async () => {
      const place = placeOf();
      const steps = [
        begun,
        { ...unmarked, onInterrupted: "fail" },
        { id: "last", shell: "echo last", after: ["begun"] },
      ];
      const loser = place.owner({
        graphs: { r: graphOf("taken", steps), own: graphOf("own", [{ id: "hold", task: "hold" }]) },
      });
      const pids = [await place.written("begun"), await place.written("unmarked")].map(Number);
      const winner = place.owner(undefined, { options: { recover: false } });
      winner.tell({ resumes: ["r"] });
      expect(await winner.until(has("resumed", "r"))).toMatchObject({
        resumed: { refused: "run.live", isMine: false },
      });
      winner.tell({ resumes: ["r"], force: true });
      expect(await winner.until(({ resumed }) => resumed?.isMine === true)).toMatchObject({ resumed: { epoch: 2 } });
      for (const what of ["waitFailed", "outcomeFailed", "eventsFailed"] as const) {
        expect((await loser.until(has(what, "r")))[what]).toMatchObject({ code: "journal.conflict" });
      }
      for (const pid of pids) await eventually(async () => !(await isRunning(pid)), `process ${pid} ends`);
      expect(await winner.until(has("ended", "r"))).toMatchObject({ ended: "mixed" });
      // What it runs besides is still its own.
      loser.tell({ cancel: "own" });
      expect(await loser.until(has("ended", "own"))).toMatchObject({ ended: "canceled" });
      await loser.close();
      const { events, verification, snapshot } = await place.kept("r");
      expect(verification).toMatchObject({ ok: true });
      expect(snapshot.owner.pid).toBe(winner.pid);
      // Nothing of the loser's came after it had lost the run, and nothing of before is missing.
      const taken = events.findIndex(({ type }) => type === "run.recovered");
      expect(loser.eventsOf("r")).toEqual(events.slice(0, taken));
      expect(countOf(events, "run.settled")).toBe(1);
    },
  );
});
