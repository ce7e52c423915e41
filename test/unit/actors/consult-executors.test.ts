import { describe, expect, test } from "vitest";
import { memoryJournal } from "runfold";
import type { AgentDefinition, AgentFinding, Executor, GraphDocument, Preparation, StepDocument } from "runfold";
import { scriptedExecutor, succeeded } from "runfold/testing";
import { limits } from "../../../src/domain/limits.ts";
import { consultExecutors } from "../../../src/actors/consult-executors.ts";
import { eventsOf, openWorld, turns } from "./world.ts";

const definition = (ref: string, system = "Work."): AgentDefinition => ({
  ref,
  name: ref,
  description: "",
  source: "package",
  filePath: `/${ref}.md`,
  sha256: "0",
  system,
});
const finding = (step: string, severity: "warning" | "error", rest: Partial<AgentFinding> = {}): AgentFinding => ({
  step,
  code: "tool-unknown",
  severity,
  message: `${step} names no tool.`,
  pointer: "/agent/tools/0",
  ...rest,
});

const steps: StepDocument[] = [
  { id: "t", task: "t" },
  { id: "a", agent: { kind: "pi", task: "Do.", ref: "package:a" } },
  { id: "b", agent: { kind: "pi", task: "Do.", ref: "package:a" }, needs: ["a"] },
];
const graph: GraphDocument = { name: "g", objective: "o", steps };

function agents(prepare: (ids: readonly string[], root: string) => Partial<Preparation>): Executor {
  return Object.assign(scriptedExecutor({ kinds: ["agent"] }), {
    prepare: async (_graph: GraphDocument, asked: readonly StepDocument[], root: string): Promise<Preparation> => ({
      findings: [],
      definitions: [],
      ...prepare(
        asked.map(({ id }) => id),
        root,
      ),
    }),
  });
}

function consult(executor: Executor, isDone?: (step: string) => boolean) {
  const executors = new Map([["agent", executor] as const, ["task", scriptedExecutor()] as const]);
  return consultExecutors(graph, "/root", executors, isDone);
}

describe("executors are asked before a run starts", () => {
  test("about all of their steps at once, and only those that are still to run", async () => {
    const asked: unknown[] = [];
    const executor = agents((ids, root) => (asked.push([ids, root]), {}));
    await consult(executor);
    await consult(executor, (step) => step === "a");
    await consult(executor, () => true);
    expect(asked).toEqual([
      [["a", "b"], "/root"],
      [["b"], "/root"],
    ]);
  });

  test("errors become diagnostics below their steps, warnings stay what they are", async () => {
    const executor = agents(() => ({
      findings: [finding("b", "error"), finding("a", "warning"), finding("stranger", "error", { repair: "Look." })],
    }));
    const { errors, warnings } = await consult(executor);
    expect(errors).toMatchObject([
      { code: "tool-unknown", severity: "error", pointer: "/steps/2/agent/tools/0" },
      { pointer: "/steps", repair: "Look." },
    ]);
    expect(warnings).toEqual([finding("a", "warning")]);
  });

  test("what is more than anyone reads is counted, errors and warnings alike", async () => {
    const many = (severity: "warning" | "error", count: number): AgentFinding[] =>
      Array.from({ length: count }, (_, index) => finding("a", severity, { message: `${severity} ${index}` }));
    const { diagnosticsMax, diagnosticsPerRunMax } = limits;
    const executor = agents(() => ({
      findings: [...many("error", diagnosticsMax + 5), ...many("warning", diagnosticsPerRunMax + 5)],
    }));
    const { errors, warnings } = await consult(executor);
    expect(errors).toHaveLength(diagnosticsMax);
    expect(errors.at(-1)).toMatchObject({ code: "diagnostics-limited", message: expect.stringMatching(/^6 more/) });
    expect(warnings).toHaveLength(diagnosticsPerRunMax);
    expect(warnings.at(-1)).toMatchObject({ code: "diagnostics-limited", message: expect.stringMatching(/^6 more/) });
  });

  test("each definition is kept once; none is nothing at all", async () => {
    const executor = agents(() => ({ definitions: [definition("package:a"), definition("package:a")] }));
    expect((await consult(executor)).definitions).toEqual([definition("package:a")]);
    expect((await consult(agents(() => ({})))).definitions).toBeUndefined();
  });

  test("definitions beyond what a run keeps are an error, not a truncation", async () => {
    const executor = agents(() => ({ definitions: [definition("package:a", "x".repeat(limits.definitionsCharsMax))] }));
    expect((await consult(executor)).errors).toMatchObject([{ code: "definitions-too-large", pointer: "/steps" }]);
  });

  test("one that fails keeps the run from starting", async () => {
    const executor = agents(() => {
      throw new Error("no library");
    });
    const { errors } = await consult(executor);
    expect(errors).toMatchObject([{ code: "executor-failed", pointer: "/steps/1" }]);
    expect(errors[0]!.message).toContain("no library");
  });
});

describe("a run with agents", () => {
  async function start(prepare: Parameters<typeof agents>[0]) {
    const executor = agents(prepare) as ReturnType<typeof scriptedExecutor>;
    const world = await openWorld({ executors: [executor] });
    const document = { ...graph, steps: steps.slice(1) };
    return { ...world, executor, start: () => world.runtime.start({ document, tasks: new Map() }, { id: "x" }) };
  }

  test("is not started where its executor finds an error, with all findings", async () => {
    const { start: begin, journal } = await start(() => ({ findings: [finding("a", "error"), finding("b", "error")] }));
    await expect(begin()).rejects.toMatchObject({
      code: "graph.invalid",
      details: { diagnostics: [{ pointer: "/steps/0/agent/tools/0" }, { pointer: "/steps/1/agent/tools/0" }] },
    });
    expect(await journal.head("x")).toBe(0);
  });

  test("keeps its definitions and its warnings, and hands each attempt the one that its step names", async () => {
    const {
      start: begin,
      journal,
      executor,
    } = await start(() => ({
      findings: [finding("a", "warning")],
      definitions: [definition("package:a"), definition("package:other")],
    }));
    const run = await begin();
    await turns();
    const events = await eventsOf(journal, "x");
    expect(events[0]).toMatchObject({
      type: "run.started",
      definitions: [{ ref: "package:a" }, { ref: "package:other" }],
    });
    expect(events.filter(({ type }) => type === "diagnostic.recorded")).toMatchObject([
      { code: "tool-unknown", severity: "warning", step: "a" },
    ]);
    expect(executor.running[0]!.attempt.definition).toEqual(definition("package:a"));
    executor.end("a", succeeded());
    await turns();
    expect(executor.running[0]!.attempt.definition).toEqual(definition("package:a"));
    expect(await run.verify()).toMatchObject({ ok: true });
  });

  test("says nothing of definitions where there are none", async () => {
    const { start: begin, journal, executor } = await start(() => ({}));
    await begin();
    await turns();
    const [started] = await eventsOf(journal, "x");
    expect(started).not.toHaveProperty("definitions");
    expect(executor.running[0]!.attempt.definition).toBeUndefined();
  });

  test("that is forked asks again about what is still to run; what it finds then is the fork's", async () => {
    const asked: (readonly string[])[] = [];
    const {
      start: begin,
      runtime,
      executor,
    } = await start((ids) => {
      asked.push(ids);
      return { definitions: [definition("package:a", `Version ${asked.length}.`)] };
    });
    const run = await begin();
    await turns();
    executor.end("a", succeeded());
    await turns();
    const fork = await runtime.fork("x", { at: run.snapshot().position, id: "y" });
    await turns();
    expect(asked).toEqual([["a", "b"], ["b"]]);
    const attempts = executor.running.map(({ run: id, attempt }) => [id, attempt.definition?.system]);
    expect(attempts).toEqual([
      ["x", "Version 1."],
      ["y", "Version 2."],
    ]);
    expect(await fork.verify()).toMatchObject({ ok: true });
  });

  test("that is taken over keeps the definitions that it was started with, and nobody is asked", async () => {
    const { start: begin, journal } = await start(() => ({ definitions: [definition("package:a")] }));
    await begin();
    await turns();
    const copy = memoryJournal();
    const { summary } = (await journal.entry("x"))!;
    await copy.append("x", 0, await journal.read("x", 0), { summary });
    const later = agents(() => {
      throw new Error("nobody is to ask");
    }) as ReturnType<typeof scriptedExecutor>;
    const { runtime } = await openWorld({ journal: copy, executors: [later], recover: false });
    await runtime.resume("x", { force: true });
    await turns();
    expect(later.running[0]!.attempt).toMatchObject({ number: 2, definition: definition("package:a") });
  });
});
