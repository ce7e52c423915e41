import { describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import { countOf, faultPlaces, graphOf } from "../support/fault-place.ts";
import { isRunning, showsProcesses } from "../support/processes.ts";

const placeOf = faultPlaces();

describe.runIf(showsProcesses)("a process that is suspended in mid-run", () => {
  test("goes on where it was, and times out once what should have ended meanwhile", async () => {
    const place = placeOf();
    const late = "if [ $RUNFOLD_ATTEMPT = 1 ]; then echo $$ > late; exec sleep 1000; fi; echo in time";
    const steps = [
      { id: "late", shell: late, timeoutSeconds: 0.6, retry: { attempts: 2, backoffSeconds: 0.01 } },
      { id: "held", shell: "echo begun > held; while [ ! -e go ]; do sleep 0.02; done; echo went" },
      { id: "next", shell: "echo next", needs: ["late", "held"] },
    ];
    const owner = place.owner({ graphs: { r: graphOf("slept", steps) } });
    const { event } = await owner.until(({ event }) => event?.type === "step.started" && event.step === "late");
    await place.written("late");
    await place.written("held");
    owner.signal("SIGSTOP");
    const deadlineAt = event?.type === "step.started" ? event.deadlineAt : Number.NaN;
    await eventually(() => Date.now() > deadlineAt + 50, "the deadline of the step passes");
    owner.signal("SIGCONT");
    await owner.until(({ event }) => event?.type === "step.retryScheduled");
    place.write("go");
    expect(await owner.until(({ ended }) => ended !== undefined)).toMatchObject({ ended: "succeeded" });
    await owner.close();
    const { events, verification } = await place.kept("r");
    expect(verification).toMatchObject({ ok: true });
    expect(countOf(events, "step.abortRequested")).toBe(1);
    expect(countOf(events, "step.retryScheduled")).toBe(1);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "step.abortRequested", step: "late", attempt: 1, cause: "timedOut" }),
    );
    expect(countOf(events, "run.recovered")).toBe(0);
  });

  test("expires a run once whose time was over meanwhile", async () => {
    const place = placeOf();
    const steps = [
      { id: "long", shell: "echo $$ > long; exec sleep 1000" },
      { id: "never", shell: "echo never", needs: ["long"] },
    ];
    const owner = place.owner({ graphs: { r: graphOf("slept", steps, { limits: { maxRunSeconds: 0.8 } }) } });
    const { event } = await owner.until(({ event }) => event?.type === "run.started");
    const pid = Number(await place.written("long"));
    owner.signal("SIGSTOP");
    const deadlineAt = event?.type === "run.started" ? event.deadlineAt : Number.NaN;
    await eventually(() => Date.now() > deadlineAt + 50, "the deadline of the run passes");
    owner.signal("SIGCONT");
    expect(await owner.until(({ ended }) => ended !== undefined)).toMatchObject({ ended: "expired" });
    await owner.close();
    const { events, verification } = await place.kept("r");
    expect(verification).toMatchObject({ ok: true });
    expect(countOf(events, "run.expired")).toBe(1);
    expect(countOf(events, "run.settled")).toBe(1);
    expect(await isRunning(pid)).toBe(false);
  });

  test("and loses its run meanwhile, ends what it runs of it when it wakes, and says who has it", async () => {
    const place = placeOf();
    // Without its environment nobody but who started it finds it: the new owner cannot end it, so the old one must.
    const unmarked = "exec env -i sh -c 'trap \"\" TERM; echo $$ > unmarked; while :; do sleep 0.05; done'";
    const steps = [
      { id: "unmarked", shell: unmarked, onInterrupted: "fail" },
      { id: "marked", shell: "if [ $RUNFOLD_ATTEMPT = 1 ]; then echo $$ > marked; exec sleep 1000; fi; echo again" },
      { id: "after", shell: "echo after", needs: ["marked"] },
    ];
    const old = place.owner({ graphs: { r: graphOf("slept", steps) } });
    const [unmarkedPid, markedPid] = [Number(await place.written("unmarked")), Number(await place.written("marked"))];
    old.signal("SIGSTOP");
    const winner = place.owner({ resumes: ["r"], force: true }, { options: { recover: false } });
    expect(await winner.until(({ ended }) => ended !== undefined)).toMatchObject({ ended: "mixed" });
    expect([await isRunning(unmarkedPid), await isRunning(markedPid)]).toEqual([true, false]);
    old.signal("SIGCONT");
    for (const what of ["waitFailed", "outcomeFailed", "eventsFailed"] as const) {
      expect((await old.until((line) => line[what] !== undefined))[what]).toMatchObject({ code: "journal.conflict" });
    }
    await eventually(async () => !(await isRunning(unmarkedPid)), "what the old owner runs of it ends");
    expect(old.hasExited).toBe(false);
    const { events, verification, snapshot } = await place.kept("r");
    expect(verification).toMatchObject({ ok: true });
    expect([snapshot.owner.pid, snapshot.epoch]).toEqual([winner.pid, 2]);
    expect(old.eventsOf("r")).toEqual(
      events.slice(
        0,
        events.findIndex(({ type }) => type === "run.recovered"),
      ),
    );
  });
});
