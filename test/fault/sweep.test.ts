import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterEach, describe, expect, test } from "vitest";
import { failed, scriptedExecutor, succeeded } from "runfold/testing";
import { defineGraph, limits, memoryJournal, shell, step } from "runfold";
import type { AttemptOwner, Executor } from "runfold";
import { systemClock } from "../../src/adapters/clocks/system-clock.ts";
import { commandExecutor } from "../../src/adapters/executors/command/command-executor.ts";
import { ownerMark, ownerVariable } from "../../src/adapters/executors/processes/orphans.ts";
import { showsProcesses } from "../support/processes.ts";
import { eventsOf, ManualClock, openWorld, turns } from "../unit/actors/world.ts";
import { journalWith } from "../../src/ports/journal-with.ts";

const children: ChildProcess[] = [];

afterEach(() => {
  for (const { pid } of children.splice(0)) endGroup(pid!);
});

/** The shell and the command that it waits for. */
function endGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // What was swept has ended already.
  }
}

/** A process as an attempt of some owner leaves it; ignores every signal that can be ignored. */
async function leftBy(mark: string): Promise<ChildProcess> {
  const script = "trap '' TERM INT HUP; echo there; while :; do sleep 1000; done";
  const child = spawn("/bin/sh", ["-c", script], {
    env: { PATH: process.env["PATH"], [ownerVariable]: mark },
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  children.push(child);
  await once(child.stdout, "data");
  return child;
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null;
}

if (!showsProcesses) console.info("skipped: this system does not show the environments of processes");

describe.runIf(showsProcesses)("before a run that was taken over goes on", () => {
  test("what earlier owners of it left running is ended, and nothing else", async () => {
    const life = `life${process.pid}`;
    const mark = (epoch: number, of = life): string => ownerMark({ life: of, epoch });
    const [first, second] = await Promise.all([leftBy(mark(1)), leftBy(mark(2))]);
    const others = await Promise.all([
      leftBy(mark(3)),
      leftBy(mark(10)),
      leftBy(mark(1, `${life}x`)),
      leftBy(mark(1, `x${life}`)),
      leftBy(mark(1, `${life}.2`)),
      leftBy("no mark at all"),
    ]);
    const gone = Promise.all([once(first, "exit"), once(second, "exit")]);
    const executor = commandExecutor({ clock: systemClock() });
    await executor.sweep!({ life, epoch: 3 });
    await gone;
    expect(others.map(isAlive)).toEqual(others.map(() => true));
    await executor.close!();
  });

  test("a life that looks like a pattern ends nothing but its own", async () => {
    const other = await leftBy(ownerMark({ life: `other${process.pid}`, epoch: 1 }));
    const executor = commandExecutor({ clock: systemClock() });
    await executor.sweep!({ life: ".*", epoch: 9 });
    expect(isAlive(other)).toBe(true);
    await executor.close!();
  });
});

const graph = defineGraph("swept", { objective: "Be swept.", steps: [step("a", { run: shell("true") })] });

/** A run that was left with its step running, taken over with an executor that sweeps as a test says. */
async function takenOver(sweep: (owner: AttemptOwner) => Promise<void>, resumes?: Executor["resumes"]) {
  const journal = memoryJournal();
  const kept = journalWith(journal, { close: async () => undefined });
  const before = await openWorld({ journal: kept, executors: [scriptedExecutor({ stops: "ignore" })] });
  await before.runtime.start(graph, { id: "run" });
  await turns();
  const scripted = scriptedExecutor();
  const executor: Executor = { ...scripted, execute: (attempt) => scripted.execute(attempt), sweep };
  if (resumes !== undefined) executor.resumes = resumes;
  const clock = new ManualClock();
  const world = await openWorld({ journal: kept, executors: [executor], clock, recover: false });
  const run = await world.runtime.resume("run", { force: true });
  await turns();
  return { ...world, run, scripted, clock };
}

describe("a run that was taken over", () => {
  test("launches nothing before what was left is gone, and tells the sweep whose that was", async () => {
    const owners: AttemptOwner[] = [];
    let end = (): void => undefined;
    const swept = new Promise<void>((resolve) => (end = resolve));
    const { run, scripted } = await takenOver((owner) => {
      owners.push(owner);
      return swept;
    });
    expect(owners).toEqual([{ life: run.snapshot().life, epoch: 2 }]);
    expect(scripted.attempts).toHaveLength(0);
    end();
    await turns();
    expect(scripted.attempts.map(({ number, attempt }) => [number, attempt.isResumed])).toEqual([[2, false]]);
    scripted.end("a", succeeded());
    expect((await run.outcome()).status).toBe("succeeded");
  });

  test("goes on when the sweep fails, and says that something may still run", async () => {
    const { run, scripted, journal } = await takenOver(() => Promise.reject(new Error("no permission")));
    scripted.end("a", succeeded());
    expect((await run.outcome()).status).toBe("succeeded");
    const told = (await eventsOf(journal, run)).filter(({ type }) => type === "diagnostic.recorded");
    expect(told).toMatchObject([{ code: "sweep-failed", message: expect.stringContaining("no permission") }]);
  });

  test("goes on when the sweep does not end, after a time", async () => {
    const { run, scripted, clock } = await takenOver(() => new Promise(() => undefined));
    expect(clock.armed).toBeGreaterThan(0);
    await clock.advance(limits.sweepGiveUpMs - 1);
    expect(scripted.attempts).toHaveLength(0);
    await clock.advance(1);
    scripted.end("a", succeeded());
    expect((await run.outcome()).status).toBe("succeeded");
  });

  test("can be canceled while the sweep is under way: nothing is launched then", async () => {
    let end = (): void => undefined;
    const swept = new Promise<void>((resolve) => (end = resolve));
    const { run, scripted } = await takenOver(() => swept);
    await run.cancel();
    // What was never launched has nothing to wait for.
    expect((await run.outcome()).status).toBe("canceled");
    end();
    await turns();
    expect(scripted.attempts).toHaveLength(0);
  });

  test("goes on with the very attempt, where its executor can, under the deadline that it had", async () => {
    const { run, scripted, journal } = await takenOver(
      async () => undefined,
      () => true,
    );
    const [attempt] = scripted.attempts;
    expect([attempt!.number, attempt!.attempt.isResumed]).toEqual([1, true]);
    const events = await eventsOf(journal, run);
    const started = events.find(({ type }) => type === "step.started") as { deadlineAt: number };
    expect(attempt!.attempt.deadlineAt).toBe(started.deadlineAt);
    scripted.end("a", failed());
    expect((await run.outcome()).status).toBe("failed");
    expect(await run.verify()).toMatchObject({ ok: true });
  });

  test("makes another attempt where the executor cannot even say whether it can go on", async () => {
    const { run, scripted } = await takenOver(
      async () => undefined,
      () => {
        throw new Error("no idea");
      },
    );
    expect(scripted.attempts[0]!.number).toBe(2);
    scripted.end("a", succeeded());
    expect((await run.outcome()).status).toBe("succeeded");
  });
});
