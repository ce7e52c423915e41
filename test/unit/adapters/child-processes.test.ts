import { describe, expect, it } from "vitest";
import { systemClock } from "../../../src/adapters/clocks/system-clock.ts";
import type { AttemptProcesses } from "../../../src/adapters/executors/processes/attempt-processes.ts";
import { ChildProcesses } from "../../../src/adapters/executors/processes/child-processes.ts";
import { ExecutorProcesses } from "../../../src/adapters/executors/processes/executor-processes.ts";
import type { GuardedProcess } from "../../../src/adapters/executors/processes/spawn-guarded.ts";
import { eventually } from "../../support/eventually.ts";
import { fakeAttempt } from "../../support/fake-attempt.ts";
import { isRunning, processesWith, showsProcesses } from "../../support/processes.ts";

const sleep = { argv: ["/bin/sleep", "1000"], cwd: "/", environment: {}, stdin: "none" } as const;

/** An attempt that runs until it is told to stop. */
async function sleeping(processes: ExecutorProcesses) {
  let started!: (both: { own: AttemptProcesses; process: GuardedProcess }) => void;
  const begun = new Promise<{ own: AttemptProcesses; process: GuardedProcess }>((resolve) => (started = resolve));
  const ended = processes.execute(fakeAttempt({}), async (own) => {
    const process = await own.start(sleep);
    own.stop.onRequest(() => void globalThis.process.kill(-process.pid, "SIGKILL"));
    started({ own, process });
    await process.exited;
    own.release(process);
    return "ended";
  });
  return { ...(await begun), ended };
}

if (!showsProcesses) console.info("skipped: this system does not show the environments of processes");

describe("executors that share their child processes", () => {
  it.runIf(showsProcesses)("have one guardian, which goes with the last of them that used it", async () => {
    const shared = new ChildProcesses({ clock: systemClock() });
    const [one, other, idle] = [1, 2, 3].map(() => new ExecutorProcesses(shared)) as [
      ExecutorProcesses,
      ExecutorProcesses,
      ExecutorProcesses,
    ];
    const [first, second] = [await sleeping(one), await sleeping(other)];
    const [prefix, number] = first.own.marks["RUNFOLD_ATTEMPT_MARK"]!.split("-");
    expect(second.own.marks["RUNFOLD_ATTEMPT_MARK"]).toBe(`${prefix}-${Number(number) + 1}`);
    const guardians = (): Promise<number[]> => processesWith(`runfold-guardian\0${prefix}`);
    expect(await guardians()).toHaveLength(1);
    await idle.close();
    await one.close();
    // It ends what is its own, and nothing of the other.
    expect(await first.ended).toBe("ended");
    expect(await isRunning(second.process.pid)).toBe(true);
    expect(await guardians()).toHaveLength(1);
    await other.close();
    expect(await second.ended).toBe("ended");
    await eventually(async () => (await guardians()).length === 0, "the guardian ends");
  });

  it.runIf(showsProcesses)("begin anew when one starts something after the last of the others has closed", async () => {
    const shared = new ChildProcesses({ clock: systemClock() });
    const [one, other] = [new ExecutorProcesses(shared), new ExecutorProcesses(shared)];
    await one.execute(fakeAttempt({}), async (own) => {
      const process = await own.start({ ...sleep, argv: ["/bin/true"] });
      await process.exited;
      own.release(process);
    });
    const closing = one.close();
    const later = await sleeping(other);
    await closing;
    expect(await isRunning(later.process.pid)).toBe(true);
    const prefix = later.own.marks["RUNFOLD_ATTEMPT_MARK"]!.split("-")[0]!;
    expect(await processesWith(`runfold-guardian\0${prefix}`)).toHaveLength(1);
    await other.close();
    expect(await later.ended).toBe("ended");
  });
});

describe("a closed executor", () => {
  it("starts nothing any more, not even what was just asked for", async () => {
    const processes = new ExecutorProcesses(new ChildProcesses({ clock: systemClock() }));
    const asked = processes.execute(fakeAttempt({}), () => Promise.reject(new Error("it was started")));
    const closing = processes.close();
    await expect(asked).rejects.toThrow("closed");
    await closing;
    await expect(processes.execute(fakeAttempt({}), async () => undefined)).rejects.toThrow("closed");
  });
});

describe("what an attempt starts", () => {
  it("carries its marks, whatever its environment says", async () => {
    const processes = new ExecutorProcesses(new ChildProcesses({ clock: systemClock() }));
    await processes.execute(fakeAttempt({}), async (own) => {
      const environment = { RUNFOLD_ATTEMPT_MARK: "forged", RUNFOLD_RUN_OWNER: "forged" };
      const argv = ["/bin/sh", "-c", 'echo "$RUNFOLD_ATTEMPT_MARK $RUNFOLD_RUN_OWNER"'];
      const process = await own.start({ ...sleep, argv, environment });
      const chunks: Buffer[] = [];
      for await (const chunk of process.stdout as AsyncIterable<Buffer>) chunks.push(chunk);
      const marks = [own.marks["RUNFOLD_ATTEMPT_MARK"], own.marks["RUNFOLD_RUN_OWNER"]];
      expect(Buffer.concat(chunks).toString()).toBe(`${marks.join(" ")}\n`);
      expect(marks[1]).toBe("fakelife.1");
      await process.exited;
      own.release(process);
    });
    await processes.close();
  });
});
