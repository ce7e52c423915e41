import { Client, InMemoryTransport } from "@modelcontextprotocol/client";
import { afterEach, expect, test } from "vitest";
import { memoryArtifacts, openRuntime, type Message, type Runtime } from "runfold";
import { createMcpServer, runtimeHost, type McpHost } from "runfold/mcp";
import { eventually } from "../../support/eventually.ts";
import { failed, scriptedExecutor, succeeded, type ScriptedExecutor } from "runfold/testing";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Served {
  readonly client: Client;
  readonly runtime: Runtime;
  readonly work: ScriptedExecutor;
  readonly bugs: readonly unknown[];
  call(name: string, given: object): Promise<{ data: Record<string, never>; text: string; isError: boolean }>;
}

/** A server in this process, on a runtime whose steps end when the test says so. */
async function served(
  hears: (message: Message) => void = () => undefined,
  change: Partial<McpHost> = {},
): Promise<Served> {
  const artifacts = memoryArtifacts();
  const work = scriptedExecutor({ kinds: ["shell"], started: ({ attempt }) => attempt.onMessage(hears) });
  const runtime = await openRuntime({ artifacts, executors: [Object.assign(work, { takesMessages: () => true })] });
  const bugs: unknown[] = [];
  const host = runtimeHost({ runtime, artifacts, onProblem: (error) => bugs.push(error) });
  const server = createMcpServer({ ...host, ...change });
  const client = new Client({ name: "test", version: "1" });
  const [one, other] = InMemoryTransport.createLinkedPair();
  await Promise.all([server.connect(other), client.connect(one)]);
  // So that it holds every answer against its tool's output schema.
  await client.listTools();
  closers.push(
    () => client.close(),
    () => runtime.close(),
  );
  return {
    client,
    runtime,
    work,
    bugs,
    async call(name, given) {
      const { content, structuredContent, isError } = await client.callTool({ name, arguments: { ...given } });
      const [first] = content;
      const text = first?.type === "text" ? first.text : "";
      return { data: (structuredContent ?? {}) as Record<string, never>, text, isError: isError === true };
    },
  };
}

const graphOf = (steps: readonly object[], rest: object = {}): object => ({
  name: "tried",
  objective: "Try the server.",
  steps,
  ...rest,
});

test("a message is answered with what became of it, and is no second one under the same key", async () => {
  const heard: string[] = [];
  const { call } = await served((message) => {
    heard.push(message.text);
    if (message.channel === "steer") message.accepted();
    else message.unknown("Its program did not answer.");
  });
  await call("run_start", { graph: graphOf([{ id: "a", shell: ":" }]), id: "r1" });
  const steer = { runId: "r1", stepId: "a", channel: "steer", text: "Look here.", key: "k" };
  expect(await call("run_message", steer)).toMatchObject({
    isError: false,
    data: { message: { number: 1, step: "a", status: "accepted", key: "k", isReused: false } },
    text: "The message to step a was accepted: its program took it.",
  });
  expect((await call("run_message", steer)).data).toMatchObject({ message: { number: 1, isReused: true } });
  expect(await call("run_message", { ...steer, text: "Other words." })).toMatchObject({
    isError: true,
    data: { error: { code: "message.denied" } },
  });
  const lost = await call("run_message", { runId: "r1", stepId: "a", channel: "follow_up", text: "And now?" });
  expect(lost).toMatchObject({ isError: true, data: { error: { code: "message.unknown" } } });
  expect(heard).toEqual(["Look here.", "And now?"]);
});

test("a run of many steps is told in bounded answers, what went wrong first", async () => {
  const { call, work, client, runtime } = await served();
  const long = "x".repeat(2_000);
  const steps = Array.from({ length: 3_000 }, (_, n) => ({ id: `s${n}`, shell: `: ${long}` }));
  const last = { id: "last", shell: ":", needs: steps.map(({ id }) => id) };
  const limits = { concurrency: 3_000 };
  const started = await call("run_start", { graph: graphOf([...steps, last], { limits }), id: "r1" });
  expect(started.data).toMatchObject({ omittedSteps: 2_901 });
  const { cursor } = started.data as unknown as { cursor: string };
  for (let n = 2_990; n < 3_000; n++) work.end(`s${n}`, failed(long));
  const run = (await runtime.get("r1"))!;
  await eventually(() => run.snapshot().counts.failed === 10, "ten steps have failed");
  const now = await call("run_status", { runId: "r1", cursor });
  const { steps: told } = now.data as unknown as { steps: { id: string; status: string }[] };
  expect(told).toHaveLength(100);
  expect(told.slice(0, 10).map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => "failed"));
  expect(JSON.stringify(now.data).length).toBeLessThan(100_000);
  expect(now.text.length).toBeLessThan(40_000);
  expect(now.text).toContain("- and 2961 more steps");
  const one = await call("run_status", { runId: "r1", stepId: "last" });
  expect(one.data).toMatchObject({ steps: [{ id: "last", status: "blocked" }], omittedSteps: 0 });
  expect(JSON.stringify(one.data).length).toBeLessThan(20_000);
  // The graph is told piece by piece, never as megabytes at once.
  await expect(client.readResource({ uri: "runfold://runs/r1/graph" })).rejects.toThrow("graph.tooLarge");
});

test("events are read page by page, each once, and long ones are told by their type", async () => {
  const { call, work, client, runtime } = await served();
  const steps = Array.from({ length: 150 }, (_, n) => ({ id: `s${n}`, shell: ":" }));
  await call("run_start", { graph: graphOf(steps, { limits: { concurrency: 150 } }), id: "r1" });
  for (const { id } of steps) work.end(id, succeeded("x".repeat(5_000)));
  const run = (await runtime.get("r1"))!;
  await run.outcome();
  const read: { position: number; omittedChars?: number; event: { type: string } }[] = [];
  let uri = "runfold://runs/r1/events";
  for (let hasMore = true; hasMore;) {
    const [content] = (await client.readResource({ uri })).contents as { text: string }[];
    expect(content!.text.length).toBeLessThan(500_000);
    const page = JSON.parse(content!.text) as { events: typeof read; hasMore: boolean; next: string };
    expect(page.events.length).toBeLessThanOrEqual(100);
    read.push(...page.events);
    ({ hasMore, next: uri } = page);
  }
  expect(read.map(({ position }) => position)).toEqual(
    Array.from({ length: run.snapshot().position }, (_, index) => index + 1),
  );
  expect(read.filter(({ omittedChars = 0 }) => omittedChars > 5_000)).toHaveLength(150);
});

test("a start of a run that is there says so, and starts nothing", async () => {
  const { call, work } = await served();
  const graph = graphOf([{ id: "a", shell: ":" }]);
  expect((await call("run_start", { graph, id: "r1" })).text).toContain("Run r1 was started.");
  const again = await call("run_start", { graph, id: "r1" });
  expect(again.text).toContain("Run r1 is that of an earlier start; it was not started again.");
  work.end("a", succeeded("done"));
  await call("run_wait", { runId: "r1" });
  expect((await call("run_start", { graph, id: "r1" })).data).toMatchObject({ run: { status: "succeeded" } });
});

test("what an agent's program says of itself steers nothing, and is no longer than a line", async () => {
  const { call, work } = await served();
  await call("run_start", { graph: graphOf([{ id: "a", shell: ":" }]), id: "r1" });
  const model = `\u001b[31mgood\u202e${"x".repeat(100_000)}`;
  work.end("a", { type: "succeeded", output: { value: "done" }, usage: { inputTokens: 1, outputTokens: 1, model } });
  const ended = await call("run_wait", { runId: "r1" });
  const usage = { inputTokens: 1, model: expect.stringMatching(/^good x{50,}…$/) as string };
  expect(ended.data).toMatchObject({ run: { usage }, steps: [{ usage }] });
  expect((await call("step_result", { runId: "r1", stepId: "a" })).data).toMatchObject({ step: { usage } });
});

test("many clients' waits on one run all end with it", async () => {
  const { call, work } = await served();
  const started = await call("run_start", { graph: graphOf([{ id: "a", shell: ":" }]), id: "r1" });
  const { cursor } = started.data as unknown as { cursor: string };
  const waits = Array.from({ length: 200 }, () => call("run_wait", { runId: "r1", cursor, timeoutSeconds: 600 }));
  await call("run_status", { runId: "r1" });
  work.end("a", succeeded("done"));
  for (const { data } of await Promise.all(waits)) expect(data).toMatchObject({ wait: { woke: "end" } });
});

test("a bug of the server is an answer too, and whoever runs the server is told of it", async () => {
  const broken = new TypeError("undefined is not a host");
  const { call, client, bugs } = await served(undefined, { runs: () => Promise.reject(broken) });
  expect(await call("run_list", {})).toMatchObject({ isError: true, data: { error: { code: "bug" } } });
  await expect(client.readResource({ uri: "runfold://runs/r1/graph" })).rejects.toMatchObject({ code: -32603 });
  expect(bugs).toEqual([broken, broken]);
});
