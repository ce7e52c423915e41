import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import {
  command,
  defineGraph,
  isRunfoldError,
  limits,
  openRuntime,
  parseGraph,
  registeredTask,
  step,
  task,
} from "runfold";
import type { Graph, GraphDiagnostic, Runtime, RuntimeOptions, StepDocument } from "runfold";
import { scriptedExecutor, succeeded } from "runfold/testing";

let root: string;

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "runfold-open-")));
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function open(options: RuntimeOptions = {}): Promise<Runtime> {
  const runtime = await openRuntime({ root, ...options });
  onTestFinished(() => runtime.close());
  return runtime;
}

function parsed(steps: readonly StepDocument[], name = "json"): Graph {
  const graph = parseGraph({ name, objective: "From JSON.", steps });
  if (!graph.ok) throw new Error(JSON.stringify(graph.diagnostics));
  return graph.graph;
}

async function codesOf(starting: Promise<unknown>): Promise<string[]> {
  const error = await starting.then(
    () => new Error("It was accepted."),
    (reason: unknown) => reason,
  );
  if (!isRunfoldError(error, "graph.invalid")) throw error;
  const diagnostics = error.details["diagnostics"] as readonly GraphDiagnostic[];
  return diagnostics.map(({ code, pointer }) => `${code} ${pointer}`);
}

describe("a runtime of which nothing was said", () => {
  test("runs commands and functions, in memory, in the directory of the process", async () => {
    const runtime = await openRuntime();
    onTestFinished(() => runtime.close());
    const hello = step("hello", { run: command("echo", ["hello"]) });
    const shout = step("shout", { needs: { hello }, run: task(({ hello: said }) => said.stdout.toUpperCase()) });
    const graph = defineGraph("defaults", { objective: "Say hello.", steps: [hello, shout] });
    const outcome = await (await runtime.start(graph)).outcome();
    expect(outcome.output(shout)).toBe("HELLO");
    expect(outcome.run.id).toMatch(/^[a-z0-9]{16,}$/);
  });

  test("has a journal of its own", async () => {
    const [one, other] = [await open(), await open()];
    await one.start(defineGraph("g", { objective: "Mine.", steps: [step("a", { run: task(() => 1) })] }));
    expect([(await one.list()).length, (await other.list()).length]).toEqual([1, 0]);
  });
});

describe("a root", () => {
  test("that is missing refuses the start with a clear error, and no run is left", async () => {
    const runtime = await open({ root: join(root, "missing") });
    const graph = defineGraph("g", { objective: "Nowhere.", steps: [step("a", { run: task(() => 1) })] });
    await expect(runtime.start(graph)).rejects.toThrow(/ENOENT|missing/);
    expect(await runtime.list()).toEqual([]);
  });

  test("is not left by a working directory, by text, link or file", async () => {
    await mkdir(join(root, "inside"));
    await symlink(tmpdir(), join(root, "link"));
    await writeFile(join(root, "file"), "");
    const runtime = await open();
    const cwds = ["..", "/", "inside/../..", "link", "file", "missing"];
    const steps = cwds.map((cwd, index): StepDocument => ({ id: `s${index}`, shell: "pwd", cwd }));
    const parsing = parseGraph({ name: "g", objective: "Escape.", steps });
    // Whatever the parser lets through by its text alone, the runtime looks at for real.
    const graph: Graph = parsing.ok
      ? parsing.graph
      : { document: { name: "g", objective: "Escape.", steps }, tasks: new Map() };
    expect(await codesOf(runtime.start(graph))).toEqual([
      "cwd-path-escape-denied /steps/0/cwd",
      "cwd-path-escape-denied /steps/1/cwd",
      "cwd-path-escape-denied /steps/2/cwd",
      "cwd-symlink-denied /steps/3/cwd",
      "cwd-not-directory /steps/4/cwd",
      "cwd-unreadable /steps/5/cwd",
    ]);
  });

  test("is where steps work, each in its own directory", async () => {
    await mkdir(join(root, "inside"));
    const runtime = await open();
    const here = step("here", { run: command("pwd") });
    const there = step("there", { run: command("pwd"), cwd: "inside" });
    const graph = defineGraph("g", { objective: "Look.", steps: [here, there] });
    const outcome = await (await runtime.start(graph)).outcome();
    expect([outcome.output(here)?.stdout, outcome.output(there)?.stdout]).toEqual([root, join(root, "inside")]);
  });
});

describe("tasks by name", () => {
  test("are found for graphs from JSON, with what they need under the ids of its steps", async () => {
    const runtime = await open({
      tasks: {
        seven: () => 7,
        double: (needs: { readonly seven: number }) => needs.seven * 2,
      },
    });
    const graph = parsed([
      { id: "seven", task: "seven" },
      { id: "twice", task: "double", needs: ["seven"] },
    ]);
    expect((await (await runtime.start(graph)).outcome()).output("twice")).toBe(14);
  });

  test("are found for steps that are defined in code", async () => {
    const runtime = await open({ tasks: { greet: () => "hello" } });
    const greet = step("say", { run: registeredTask<string>("greet") });
    const outcome = await (await runtime.start(defineGraph("g", { objective: "Greet.", steps: [greet] }))).outcome();
    expect(outcome.output(greet)).toBe("hello");
  });

  test("that are not there refuse the start, each named", async () => {
    const runtime = await open({ tasks: { known: () => 1 } });
    const graph = parsed([
      { id: "a", task: "known" },
      { id: "b", task: "unknown" },
      { id: "c", task: "constructor" },
    ]);
    expect(await codesOf(runtime.start(graph))).toEqual([
      "step-not-runnable /steps/1/task",
      "step-not-runnable /steps/2/task",
    ]);
    expect(await runtime.list()).toEqual([]);
  });

  test("are not mistaken for a function of another graph that happens to have that name", async () => {
    const code = defineGraph("same", { objective: "Code.", steps: [step("a", { run: task(() => "code") })] });
    const runtime = await open({ graphs: [code], tasks: { other: () => "registered" } });
    const run = await runtime.start(parsed([{ id: "a", task: "other" }], "same"));
    expect((await run.outcome()).output("a")).toBe("registered");
  });

  test("of graphs that were given on opening are known before anyone starts them", async () => {
    const graph = defineGraph("given", { objective: "Known.", steps: [step("a", { run: task(() => 5) })] });
    const runtime = await open({ graphs: [graph] });
    const outcome = await (await runtime.start(parsed(graph.document.steps, "given"))).outcome();
    expect(outcome.output("a")).toBe(5);
  });

  test("two graphs of one name run at the same time, each with its own functions", async () => {
    const runtime = await open();
    const graphFor = (input: string): Graph => {
      const first = step("first", { run: task(() => Promise.resolve()) });
      const second = step("second", { needs: { first }, run: task(() => input) });
      return defineGraph("made-for-each", { objective: "Answer.", steps: [first, second] });
    };
    const inputs = ["one", "two", "three"];
    const runs = await Promise.all(inputs.map((input) => runtime.start(graphFor(input))));
    const outcomes = await Promise.all(runs.map((run) => run.outcome()));
    expect(outcomes.map((outcome) => outcome.output("second"))).toEqual(inputs);
  });
});

describe("executors", () => {
  const agent: StepDocument = { id: "a", agent: { kind: "pi", task: "Think." } };
  const graph: Graph = { document: { name: "g", objective: "Think.", steps: [agent] }, tasks: new Map() };

  test("for a kind of agent that nobody set up refuse the start", async () => {
    const stranger: StepDocument = { id: "a", agent: { kind: "stranger", task: "Think." } };
    const document = { ...graph.document, steps: [stranger], authority: { allowFilesystemRead: true } };
    expect(await codesOf((await open()).start({ ...graph, document }))).toEqual(["step-not-runnable /steps/0/agent"]);
  });

  test("of one's own are taken, and take the place of those that are built in", async () => {
    const script = scriptedExecutor({ started: (attempt) => attempt.end(succeeded(attempt.step)) });
    const runtime = await open({ executors: [script] });
    expect((await (await runtime.start(graph)).outcome()).output("a")).toBe("a");
    const shell = parsed([{ id: "never", shell: "exit 1" }]);
    expect((await (await runtime.start(shell)).outcome()).output("never")).toBe("never");
  });
});

test("the limits of a runtime are those of the limits file, unless it is told others", async () => {
  const runtime = await open({ liveRunsMax: 0 });
  const graph = defineGraph("g", { objective: "None.", steps: [step("a", { run: task(() => 1) })] });
  await expect(runtime.start(graph)).rejects.toMatchObject({ code: "runtime.full" });
  expect(limits.liveRunsMax).toBeGreaterThan(0);
});
