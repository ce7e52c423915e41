import { describe, expect, it } from "vitest";
import { endNow, letLeave } from "../../src/adapters/executors/processes/close-out.ts";
import { eventually } from "../support/eventually.ts";
import { isRunning, processesWith, showsProcesses } from "../support/processes.ts";
import { recordChildren, type StartedChild } from "../support/record-children.ts";

const start = recordChildren();

/** A child that has come so far that it has written one record. */
async function ready(script: string): Promise<StartedChild> {
  const started = await start(["/bin/sh", "-c", script]);
  started.listen();
  await started.written(1);
  return started;
}

const codesOf = ({ attempt }: StartedChild): string[] => attempt.diagnostics.map(({ code }) => code);
const there = `echo "{\\"pid\\":$$}"`;
const deaf = 'trap "" TERM HUP INT';

if (!showsProcesses) console.info("skipped: this system does not show the environments of processes");

describe("a child whose work is done", () => {
  it("is let go: it may finish once its stdin has ended, and nothing is said of it", async () => {
    const child = await ready(`${there}; cat >/dev/null; sleep 0.1; echo '{"flushed":true}'; exit 3`);
    expect(await letLeave(child)).toEqual({ exit: { code: 3, signal: null }, wasKilled: false, isGone: true });
    expect(child.records.at(-1)).toEqual({ flushed: true });
    expect(codesOf(child)).toEqual([]);
  });

  it("may have left already", async () => {
    const child = await ready(`${there}; exit 0`);
    await child.child.exited;
    expect(await letLeave(child)).toMatchObject({ exit: { code: 0 }, wasKilled: false, isGone: true });
    expect(codesOf(child)).toEqual([]);
  });

  it("is told to end when it stays", async () => {
    const child = await ready(`trap 'echo "{}"; exit 4' TERM; ${there}; while :; do sleep 0.05; done`);
    expect(await letLeave(child)).toEqual({ exit: { code: 4, signal: null }, wasKilled: false, isGone: true });
    expect(codesOf(child)).toEqual(["agent-stayed"]);
  });

  it("is killed when it stays whatever it is told, with all of its group", async () => {
    const child = await ready(`${deaf}; sleep 1000 & ${there}; while :; do sleep 1000; done`);
    expect(await letLeave(child)).toEqual({ exit: { code: null, signal: "SIGKILL" }, wasKilled: true, isGone: true });
    expect(codesOf(child)).toEqual(["agent-stayed", "agent-killed"]);
  });

  it("takes along the children that it leaves in its group, though they ignore SIGTERM", async () => {
    const child = await ready(`(${deaf}; echo '{}'; exec sleep 1000) & read -r end; exit 0`);
    expect(await letLeave(child)).toMatchObject({ exit: { code: 0 }, isGone: true });
    expect(codesOf(child)).toEqual(["agent-left-processes"]);
  });

  it.runIf(showsProcesses)("takes along the tools that it has started in sessions of their own", async () => {
    const tool = `setsid sh -c '${deaf}; ${there}; exec sleep 1000'`;
    const child = await ready(`${tool} & read -r end; exit 0`);
    expect(await isRunning(Number(child.records[0]!["pid"]))).toBe(true);
    expect(await letLeave(child)).toMatchObject({ exit: { code: 0 }, wasKilled: false, isGone: true });
    expect(await isRunning(Number(child.records[0]!["pid"]))).toBe(false);
    expect(child.attempt.diagnostics).toMatchObject([
      { code: "agent-left-processes", message: expect.stringContaining("1 processes") },
    ]);
  });

  it("is not waited for when it is told to stop meanwhile", async () => {
    const child = await ready(`${deaf}; ${there}; while :; do sleep 1000; done`);
    const leaving = letLeave(child);
    child.attempt.stop.ask({ force: true, graceMs: 0 });
    expect(await leaving).toMatchObject({ exit: { signal: "SIGKILL" }, isGone: true });
    expect(codesOf(child)).toEqual(["agent-killed"]);
  });
});

describe("a child that is stopped", () => {
  it("may finish within the grace", async () => {
    const child = await ready(`trap 'echo "{\\"asked\\":true}"; exit 0' TERM; ${there}; while :; do sleep 0.05; done`);
    child.attempt.stop.ask();
    expect(await endNow(child)).toMatchObject({ exit: { code: 0 }, wasKilled: false, isGone: true });
    expect(child.records.at(-1)).toEqual({ asked: true });
    expect(codesOf(child)).toEqual([]);
  });

  it("is killed when the grace is over", async () => {
    const child = await ready(`${deaf}; ${there}; while :; do sleep 1000; done`);
    child.attempt.stop.ask({ graceMs: 50 });
    expect(await endNow(child)).toMatchObject({ exit: { signal: "SIGKILL" }, wasKilled: true, isGone: true });
    expect(codesOf(child)).toEqual(["agent-killed"]);
  });

  it("is killed at once where it is forced, and when it becomes so", async () => {
    const polite = `trap 'echo "{\\"asked\\":true}"; exit 0' TERM; ${there}; while :; do sleep 0.05; done`;
    const forced = await ready(polite);
    forced.attempt.stop.ask({ force: true, graceMs: 0 });
    expect(await endNow(forced)).toMatchObject({ exit: { signal: "SIGKILL" }, isGone: true });
    expect(forced.attempt.diagnostics).toMatchObject([{ message: expect.stringContaining("at once, as asked") }]);
    const stubborn = await ready(`${deaf}; ${there}; while :; do sleep 1000; done`);
    stubborn.attempt.stop.ask({ graceMs: 3_600_000 });
    const ending = endNow(stubborn);
    stubborn.attempt.stop.ask({ force: true, graceMs: 0 });
    expect(await ending).toMatchObject({ exit: { signal: "SIGKILL" }, isGone: true });
  });

  it("is ended within a time of its own when it has failed and nobody stopped it", async () => {
    const child = await ready(`${deaf}; ${there}; while :; do sleep 1000; done`);
    expect(await endNow(child)).toMatchObject({ exit: { signal: "SIGKILL" }, wasKilled: true, isGone: true });
  });

  it.runIf(showsProcesses)("leaves nothing that carries its mark", async () => {
    const tool = `setsid sh -c '${deaf}; setsid sleep 1000 & exec sleep 1000' &`;
    const child = await ready(`${deaf}; ${tool} ${tool} ${there}; while :; do sleep 1000; done`);
    const mark = child.processes.marks["RUNFOLD_ATTEMPT_MARK"]!;
    await eventually(async () => (await processesWith(mark)).length >= 6, "its tools run");
    child.attempt.stop.ask({ graceMs: 0, force: true });
    expect(await endNow(child)).toMatchObject({ isGone: true });
    expect(await processesWith(`RUNFOLD_ATTEMPT_MARK=${mark}\0`)).toEqual([]);
  });
});
