import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { systemClock } from "../../src/adapters/clocks/system-clock.ts";
import { ChildProcesses } from "../../src/adapters/executors/processes/child-processes.ts";
import { ExecutorProcesses } from "../../src/adapters/executors/processes/executor-processes.ts";
import { eventually } from "../support/eventually.ts";
import { fakeAttempt } from "../support/fake-attempt.ts";

const fixture = fileURLToPath(new URL("../support/doomed-parent.ts", import.meta.url));
const parents: ChildProcess[] = [];
let directory = "";

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "runfold-test-"));
  vi.stubEnv("TMPDIR", directory);
});

afterEach(async () => {
  for (const parent of parents.splice(0)) parent.kill("SIGKILL");
  vi.unstubAllEnvs();
  await rm(directory, { recursive: true, force: true });
});

function executor(): ExecutorProcesses {
  return new ExecutorProcesses(new ChildProcesses({ clock: systemClock() }));
}

/** Another process with an attempt that has a file of the step before it, and waits. */
async function startParent(shell: string): Promise<{ parent: ChildProcess; lines: AsyncIterator<string> }> {
  const parent = spawn(process.execPath, ["--import", "tsx", fixture, JSON.stringify([shell]), "with-input"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  parents.push(parent);
  const lines = createInterface({ input: parent.stdout })[Symbol.asyncIterator]();
  return { parent, lines };
}

const scratches = async (): Promise<string[]> =>
  (await readdir(directory)).filter((name) => name.startsWith("runfold-"));

describe("the private directory of an attempt", () => {
  it("says whose it is, can be entered by its owner alone, and is gone when the attempt is", async () => {
    const processes = executor();
    const owner = { life: "mylife", epoch: 7 };
    await processes.execute(fakeAttempt({}, { owner }), async ({ files }) => {
      const path = await files.write("a.txt", [Buffer.from("text")]);
      expect(await scratches()).toEqual([expect.stringMatching(/^runfold-mylife\.7-.{6}$/)]);
      expect(path.startsWith(join(files.directory, "/"))).toBe(true);
      expect((await stat(files.directory)).mode & 0o777).toBe(0o700);
      expect((await stat(path)).mode & 0o777).toBe(0o600);
    });
    expect(await scratches()).toEqual([]);
    await processes.close();
  });

  it("lies where it should, whatever the life is called", async () => {
    const processes = executor();
    for (const life of ["../../escape", "a/b", "", "..", "x".repeat(500)]) {
      await processes.execute(fakeAttempt({}, { owner: { life, epoch: 1 } }), async ({ files }) => {
        expect(join(files.directory, "..")).toBe(directory);
      });
    }
    await processes.close();
  });

  it("goes with a process that ends by itself without closing anything", async () => {
    const { parent, lines } = await startParent("echo $RUNFOLD_INPUT_BEFORE_FILE; echo exit; exec sleep 1000");
    const { value: file } = await lines.next();
    expect(file).toMatch(/runfold-fakelife\.1-.{6}\/before$/);
    expect(await once(parent, "exit")).toEqual([0, null]);
    expect(await scratches()).toEqual([]);
  });

  it("goes with a process that is killed, once its guardian has ended what it ran", async () => {
    const { parent, lines } = await startParent("echo $RUNFOLD_INPUT_BEFORE_FILE; exec sleep 1000");
    await lines.next();
    expect(await scratches()).toHaveLength(1);
    parent.kill("SIGKILL");
    await once(parent, "exit");
    await eventually(async () => (await scratches()).length === 0, "the guardian removes it");
  });
});

describe("the sweep", () => {
  it("removes what earlier owners of the run left, and nothing else", async () => {
    const left = ["runfold-life.1-abcdef", "runfold-life.2-ABC123"];
    const others = [
      "runfold-life.3-abcdef",
      "runfold-life.10-abcdef",
      "runfold-lifex.1-abcdef",
      "runfold-xlife.1-abcdef",
      "runfold-life.1.1-abcdef",
      "runfold-life.1-abcdefg",
      "runfold-life.1",
      "my-runfold-life.1-abcdef",
      "runfold-abcdef",
    ];
    for (const name of [...left, ...others]) {
      await mkdir(join(directory, name));
      await writeFile(join(directory, name, "input"), "text");
    }
    // Neither a link nor what it leads to; a file of such a name is none of ours either.
    await symlink(join(directory, "runfold-life.3-abcdef"), join(directory, "runfold-life.1-linked"));
    await writeFile(join(directory, "runfold-life.1-aafile"), "");
    const processes = executor();
    await Promise.all([processes.sweep({ life: "life", epoch: 3 }), processes.sweep({ life: "life", epoch: 3 })]);
    const kept = [...others, "runfold-life.1-linked", "runfold-life.1-aafile"];
    expect((await readdir(directory)).toSorted()).toEqual(kept.toSorted());
    expect(await readdir(join(directory, "runfold-life.3-abcdef"))).toEqual(["input"]);
    await processes.close();
  });
});
