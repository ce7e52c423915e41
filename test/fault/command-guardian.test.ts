import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { fakeAttempt } from "../support/fake-attempt.ts";
import { commandExecutors, failed, succeeded } from "../support/command-fixture.ts";
import { eventually } from "../support/eventually.ts";
import { isRunning, processesWith, showsProcesses } from "../support/processes.ts";

const fixture = fileURLToPath(new URL("../support/doomed-parent.ts", import.meta.url));
const parents: ChildProcess[] = [];
afterEach(() => {
  for (const parent of parents.splice(0)) parent.kill("SIGKILL");
});

/** A process that runs commands, once each of them has written a line: `pid <number>`. */
async function startParent(commands: readonly string[]) {
  const parent = spawn(process.execPath, ["--import", "tsx", fixture, JSON.stringify(commands)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  parents.push(parent);
  const pids: number[] = [];
  for await (const line of createInterface({ input: parent.stdout })) {
    const pid = /^pid (\d+)$/.exec(line)?.[1];
    if (pid !== undefined && pids.push(Number(pid)) === commands.length) break;
  }
  return { parent, pids };
}

async function kill(parent: ChildProcess): Promise<void> {
  const exit = once(parent, "exit");
  parent.kill("SIGKILL");
  await exit;
}

async function areGone(pids: readonly number[]): Promise<boolean> {
  for (const pid of pids) await eventually(async () => !(await isRunning(pid)), `process ${pid} ends`);
  return true;
}

describe("commands of a process that is killed outright", () => {
  it("end, also those that ignore SIGTERM", async () => {
    const { parent, pids } = await startParent([
      "echo pid $$; exec sleep 1000",
      // Without its environment nothing but its group tells where it comes from.
      "exec env -i sh -c 'trap \"\" TERM HUP INT; echo pid $$; while :; do sleep 0.1; done'",
    ]);
    await kill(parent);
    expect(await areGone(pids)).toBe(true);
  });

  it.runIf(showsProcesses)("end with what has left their groups, and the guardian too", async () => {
    const escape = "setsid sh -c 'trap \"\" TERM HUP; echo pid $$; exec sleep 1000' & exec sleep 1000";
    const { parent, pids } = await startParent([escape]);
    const mark = await markOf(pids[0]!);
    // The leader, the escaped one and the guardian.
    expect((await processesWith(mark)).length).toBeGreaterThanOrEqual(3);
    await kill(parent);
    expect(await areGone(pids)).toBe(true);
    await eventually(async () => (await processesWith(mark)).length === 0, "nothing carries the mark");
  });

  it("may ask their children to clean up first", async () => {
    const { parent, pids } = await startParent([
      "trap 'echo asked; exit' TERM; echo pid $$; while :; do sleep 0.05; done",
    ]);
    await kill(parent);
    expect(await areGone(pids)).toBe(true);
  });
});

describe("the guardian", () => {
  const executor = commandExecutors();

  it.runIf(showsProcesses)("is one process for all commands of an executor, and ends with it", async () => {
    const guarded = executor();
    const attempts = Array.from({ length: 4 }, () =>
      fakeAttempt({ shell: "echo $RUNFOLD_ATTEMPT_MARK; exec sleep 1000" }),
    );
    const endings = attempts.map((attempt) => guarded.execute(attempt));
    await Promise.all(attempts.map((attempt) => attempt.textWith("stdout", "\n")));
    const mark = attempts[0]!.textOf("stdout").split("-")[0]!;
    expect(await guardiansOf(mark)).toHaveLength(1);
    for (const attempt of attempts) attempt.stop.ask();
    await Promise.all(endings);
    expect(await guardiansOf(mark)).toHaveLength(1);
    await guarded.close?.();
    await eventually(async () => (await guardiansOf(mark)).length === 0, "the guardian ends");
  });

  it.runIf(showsProcesses)("is replaced when someone killed it", async () => {
    const guarded = executor();
    const first = fakeAttempt({ shell: "echo $RUNFOLD_ATTEMPT_MARK; exec sleep 1000" });
    const ending = guarded.execute(first);
    await first.textWith("stdout", "\n");
    const mark = first.textOf("stdout").split("-")[0]!;
    const [guardian] = await guardiansOf(mark);
    process.kill(guardian!, "SIGKILL");
    await eventually(async () => !(await isRunning(guardian!)), "the guardian ends");
    succeeded(await guarded.execute(fakeAttempt({ shell: ":" })));
    expect(await guardiansOf(mark)).toHaveLength(1);
    first.stop.ask();
    expect(failed(await ending).failure.kind).toBe("aborted");
  });

  it("does not keep its maker from ending", async () => {
    const parent = spawn(process.execPath, ["--import", "tsx", fixture, JSON.stringify(["echo done"])], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    parents.push(parent);
    expect(await once(parent, "exit")).toEqual([0, null]);
  });
});

async function guardiansOf(mark: string): Promise<number[]> {
  return await processesWith(`runfold-guardian\0${mark}`);
}

async function markOf(pid: number): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  const environment = await readFile(`/proc/${pid}/environ`, "latin1");
  return /RUNFOLD_ATTEMPT_MARK=([0-9a-f]+)-/.exec(environment)![1]!;
}
