import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Runtime, RuntimeDiagnostic, RuntimeOptions, StepDocument } from "runfold";
import { agentGraph, agentRuntime, agentStep, eventsOf } from "../support/agent-runtime.ts";
import { eventually } from "../support/eventually.ts";
import { LeapingClock } from "../support/leaping-clock.ts";
import { processesWith, showsProcesses } from "../support/processes.ts";
import { filesLeft, piPlace } from "../support/pi-place.ts";
import type { PiPlace } from "../support/pi-place.ts";

const leavingPi = fileURLToPath(new URL("../support/leaving-pi.mjs", import.meta.url));

if (!showsProcesses) console.info("skipped: this system does not show the environments of processes");

interface Opened {
  readonly place: PiPlace;
  readonly runtime: Runtime;
  /** What the runtime told of what happened around its runs. */
  readonly heard: RuntimeDiagnostic[];
  /** The same, once it told of one of that code. */
  told(code: string): Promise<RuntimeDiagnostic[]>;
}

async function open(options: Partial<RuntimeOptions> = {}): Promise<Opened> {
  const place = await piPlace({ url: "http://127.0.0.1:9/v1" });
  const heard: RuntimeDiagnostic[] = [];
  const waiting = new Map<string, () => void>();
  const runtime = await agentRuntime(place, {
    launcher: [process.execPath, leavingPi],
    abortGraceMs: 300,
    onDiagnostic(diagnostic) {
      heard.push(diagnostic);
      waiting.get(diagnostic.code)?.();
    },
    ...options,
  });
  const told = async (code: string): Promise<RuntimeDiagnostic[]> => {
    if (!heard.some((one) => one.code === code)) await new Promise<void>((resolve) => waiting.set(code, resolve));
    return heard;
  };
  return { place, runtime, heard, told };
}

const mood = (id: string, name: string, rest: Partial<Omit<StepDocument, "agent">> = {}): StepDocument =>
  agentStep(id, { ...rest, agent: { task: `mood:${name}` } });

async function expectNothingLeft({ place, runtime }: Opened): Promise<void> {
  await runtime.close();
  expect(await processesWith(place.directory)).toEqual([]);
  expect(await filesLeft(place.temporary)).toEqual([]);
}

describe.runIf(showsProcesses)("an agent that has answered", () => {
  test("is not waited for by the steps after it, and is ended when it does not leave", async () => {
    const opened = await open();
    const steps = [mood("first", "lingering"), mood("second", "plain", { needs: ["first"] })];
    const run = await opened.runtime.start(agentGraph("on", steps));
    for await (const { event } of run.events()) if (event.type === "step.started" && event.step === "second") break;
    expect(await processesWith(leavingPi)).toHaveLength(1);
    const outcome = await run.outcome();
    expect([outcome.status, outcome.output("first"), outcome.output("second")]).toEqual([
      "succeeded",
      "I am lingering.",
      "I am plain.",
    ]);
    const after = (what: string): object => ({
      message: expect.stringContaining(`Step first, after its end: ${what}`),
    });
    expect(await opened.told("agent-killed")).toMatchObject([
      { code: "agent-stayed", run: run.id, ...after("Its work was over, but process") },
      { code: "agent-killed", run: run.id, ...after("Process") },
    ]);
    await expectNothingLeft(opened);
  });

  test("has its time to leave also when the runtime is closed meanwhile, and nothing of it is left then", async () => {
    const opened = await open();
    const run = await opened.runtime.start(agentGraph("closed", [mood("a", "lingering")]));
    expect((await run.outcome()).status).toBe("succeeded");
    await expectNothingLeft(opened);
    expect(opened.heard).toMatchObject([{ code: "agent-stayed" }, { code: "agent-killed" }]);
  });

  test("succeeds though its process ends with another exit code, which is told", async () => {
    const opened = await open();
    const run = await opened.runtime.start(agentGraph("crash", [mood("a", "crashing")]));
    expect((await run.outcome()).output("a")).toBe("I am crashing.");
    const [exit] = await opened.told("agent-exit");
    expect(exit).toMatchObject({ run: run.id, message: expect.stringContaining("its process ended with exit code 7") });
    await expectNothingLeft(opened);
  });

  test("succeeds though it wrote blank lines and lines that are no records, which the run tells", async () => {
    const opened = await open();
    const run = await opened.runtime.start(agentGraph("noise", [mood("a", "noisy")]));
    expect((await run.outcome()).output("a")).toBe("I am noisy.");
    const found = (await eventsOf(run)).flatMap(({ event }) => (event.type === "diagnostic.recorded" ? [event] : []));
    expect(found).toMatchObject([
      { code: "agent-stray-lines", step: "a", message: expect.stringContaining("blank lines: 2") },
      { code: "agent-stray-lines", step: "a", message: expect.stringContaining("an old setting") },
    ]);
    await expectNothingLeft(opened);
  });
});

describe.runIf(showsProcesses)("an agent that hears nothing any more", () => {
  const half = { partial: { value: "Half an answer" } };

  test("times out with what it had written, and is gone before that is told", async () => {
    const clock = new LeapingClock();
    const opened = await open({ clock });
    const step = mood("a", "lost", { timeoutSeconds: 60 });
    const run = await opened.runtime.start(agentGraph("lost", [step, mood("b", "plain", { needs: ["a"] })]));
    await eventually(() => run.snapshot().steps.get("a")!.activity.includes("Half"), "it writes");
    clock.leap(60_000);
    const { status, run: ended } = await run.outcome();
    expect(await processesWith(opened.place.directory)).toEqual([]);
    expect([status, ...[...ended.steps].map((one) => one.status)]).toEqual(["failed", "timedOut", "blocked"]);
    expect(await run.result("a")).toMatchObject({ ...half, failure: { kind: "timedOut" } });
    await expectNothingLeft(opened);
  });

  test.each([false, true])("is canceled with what it had written, by force: %s", async (force) => {
    const opened = await open();
    const run = await opened.runtime.start(agentGraph("lost", [mood("a", "lost")]));
    await eventually(() => run.snapshot().steps.get("a")!.activity.includes("Half"), "it writes");
    await run.cancel({ force });
    expect((await run.outcome()).status).toBe("canceled");
    expect(await processesWith(opened.place.directory)).toEqual([]);
    expect(await run.result("a")).toMatchObject({ ...half, failure: { kind: "aborted" } });
    const codes = (await eventsOf(run)).flatMap(({ event }) =>
      event.type === "diagnostic.recorded" ? [[event.code, event.message.includes("at once, as asked")]] : [],
    );
    expect(codes).toEqual([["agent-killed", force]]);
    await expectNothingLeft(opened);
  });
});
