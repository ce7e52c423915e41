import type { AddressInfo } from "node:net";
import { createInspector, createWebSocketInspector } from "@statelyai/inspect";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocketServer } from "ws";
import { defineGraph, memoryJournal, openRuntime, step, task } from "runfold";
import type { Commit, Run } from "runfold";
import { inspectJournal, inspectRun } from "runfold/inspect";
import type { InspectionMessage } from "runfold/inspect";
import { virtualClock } from "runfold/testing";
import { eventually } from "../../support/eventually.ts";

const one = step("one", { run: task(() => "first") });
const two = step("two", { needs: { one }, run: task(() => Promise.reject(new Error("boom"))) });
const graph = defineGraph("pair", { objective: "Be inspected.", steps: [one, two] });

function collector() {
  const sent: InspectionMessage[] = [];
  return { sent, adapter: { send: (message: InspectionMessage) => void sent.push(message) } };
}

async function started(): Promise<{ readonly run: Run; readonly commits: () => Promise<readonly Commit[]> }> {
  const journal = memoryJournal();
  const runtime = await openRuntime({ journal });
  onTestFinished(() => runtime.close());
  const run = await runtime.start(graph, { id: "pair-1" });
  return { run, commits: () => journal.read(run.id, 0) };
}

describe("an inspected run", () => {
  test("gives the same messages live and from its journal, also through an inspector of the package", async () => {
    const { run, commits } = await started();
    const live = collector();
    const inspector = createInspector({ send: (message) => void live.sent.push(message as InspectionMessage) });
    expect(await inspectRun(run, inspector).ended).toEqual({ why: "ended", messages: live.sent.length });
    const recorded = collector();
    await inspectJournal(await commits(), recorded).ended;
    expect(recorded.sent).toEqual(live.sent);
    const actors = live.sent.filter(({ type }) => type === "@xstate.actor");
    expect(actors).toMatchObject([
      { sessionId: "pair-1", name: "pair", parentId: undefined },
      { sessionId: "pair-1/one", name: "one", parentId: "pair-1" },
      { sessionId: "pair-1/two", name: "two", parentId: "pair-1" },
    ]);
    expect(live.sent.at(-1)).toMatchObject({
      type: "@xstate.snapshot",
      sessionId: "pair-1",
      event: { type: "settle.mixed", emits: "run.settled" },
      snapshot: { status: "done", value: "mixed", context: { steps: { succeeded: 1, failed: 1 } } },
    });
    expect(live.sent.filter(({ sessionId }) => sessionId === "pair-1/two").at(-1)).toMatchObject({
      event: { type: "fail.final" },
      snapshot: { status: "error", value: "failed", error: { kind: "thrown" } },
    });
  });

  test("reaches a server through the package's WebSocket inspector", async () => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    onTestFinished(() => server.close());
    const received: unknown[] = [];
    server.on("connection", (socket) => {
      socket.on("message", (data: Buffer) => received.push(JSON.parse(data.toString())));
    });
    const { run, commits } = await started();
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const inspector = createWebSocketInspector({ url });
    onTestFinished(() => inspector.stop());
    const { messages } = await inspectRun(run, inspector).ended;
    const recorded = collector();
    await inspectJournal(await commits(), recorded).ended;
    await eventually(() => received.length >= messages, "the server has every message");
    expect(received).toEqual(JSON.parse(JSON.stringify(recorded.sent)));
  });

  test("is not hurt by an inspector that throws", async () => {
    const { run } = await started();
    const broken = { adapter: { send: () => raise("The socket is gone.") } };
    expect(await inspectRun(run, broken).ended).toMatchObject({
      why: "failed",
      messages: 0,
      error: { message: "The socket is gone." },
    });
    expect((await run.outcome()).status).toBe("mixed");
  });

  test("can be told what to send instead, and to stop", async () => {
    const { run } = await started();
    const events = collector();
    const { ended } = inspectRun(run, events, {
      change: (message) =>
        message.type === "@xstate.event" ? { ...message, event: { ...message.event, output: "–" } } : undefined,
    });
    await ended;
    expect(new Set(events.sent.map(({ type }) => type))).toEqual(new Set(["@xstate.event"]));
    const none = collector();
    const stopped = inspectRun(run, none);
    stopped.stop();
    expect(await stopped.ended).toEqual({ why: "stopped", messages: 0 });
  });
});

test("an inspection of a run that goes on is stopped while it waits, and fails where its runtime is closed", async () => {
  const runtime = await openRuntime();
  const until = new Promise<void>(() => undefined);
  const held = defineGraph("held", { objective: "Go on.", steps: [step("held", { run: task(() => until) })] });
  const run = await runtime.start(held);
  const told = collector();
  const shown = new Promise<void>((resolve) => {
    told.adapter.send = (message) =>
      void (message.sessionId.endsWith("/held") && message.type === "@xstate.snapshot" && resolve());
  });
  const [stopped, closed] = [inspectRun(run, told), inspectRun(run, collector())];
  await shown;
  stopped.stop();
  expect(await stopped.ended).toMatchObject({ why: "stopped" });
  await runtime.close({ unfinished: "leave" });
  expect(await closed.ended).toMatchObject({ why: "failed", error: { code: "runtime.closed" } });
});

test("a picked step has to be there", async () => {
  const { run } = await started();
  expect(() => inspectRun(run, collector(), { pick: ["one", "three"] })).toThrow('no step "three"');
});

describe("an inspected journal", () => {
  test("is shown at a multiple of the speed at which it was written", async () => {
    const { run, commits } = await started();
    await run.outcome();
    const clock = virtualClock();
    const apart = (await commits()).map((commit, index) => ({ ...commit, at: index * 1_000 }));
    const { sent, adapter } = collector();
    const { ended } = inspectJournal(apart, { adapter }, { speed: 10, clock });
    const counts: number[] = [];
    for (const _ of apart) {
      await clock.advanceBy(0);
      await clock.advanceBy(0);
      counts.push(sent.length);
      expect(clock.nextAt === undefined || clock.nextAt === counts.length * 100).toBe(true);
      await clock.advanceBy(100);
    }
    expect(new Set(counts).size).toBe(apart.length);
    expect(await ended).toMatchObject({ why: "ended" });
  });

  test("that does not begin with its first commit, or has a hole, says so", async () => {
    const { run, commits } = await started();
    await run.outcome();
    const all = await commits();
    for (const part of [all.slice(1), [all[0]!, ...all.slice(2)]]) {
      expect(await inspectJournal(part, collector()).ended).toMatchObject({
        why: "failed",
        error: { code: "journal.corrupt" },
      });
    }
  });

  test.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY])("refuses the speed %d", (speed) => {
    expect(() => inspectJournal([], collector(), { speed })).toThrow("A speed is a number above 0");
  });
});

function raise(message: string): never {
  throw new Error(message);
}
