import { request } from "node:http";
import { once } from "node:events";
import { createWebSocketReceiver } from "@statelyai/inspect";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { defineGraph, limits, openRuntime, step, task } from "runfold";
import type { Clock, CursoredEvent, Run } from "runfold";
import { inspectionOf, openInspectorRelay } from "runfold/inspect";
import { virtualClock } from "runfold/testing";
import { eventually } from "../../support/eventually.ts";

/** A run whose last step ends when it is told to. */
async function heldRun(clock?: Clock): Promise<{ readonly run: Run; readonly finish: () => void }> {
  const runtime = await openRuntime(clock === undefined ? {} : { clock });
  onTestFinished(() => runtime.close());
  let finish = (): void => undefined;
  const until = new Promise<void>((resolve) => (finish = resolve));
  const first = step("first", { run: task(() => "one") });
  const last = step("last", { needs: { first }, run: task(() => until) });
  const run = await runtime.start(defineGraph("held", { objective: "Be seen.", steps: [first, last] }));
  return { run, finish };
}

async function messagesOf(run: Run, stepsMax?: number): Promise<readonly unknown[]> {
  const events: CursoredEvent[] = [];
  for await (const event of run.events()) events.push(event);
  return JSON.parse(
    JSON.stringify([...inspectionOf(events, stepsMax === undefined ? {} : { stepsMax }, run.id)]),
  ) as unknown[];
}

interface Client {
  readonly socket: WebSocket;
  readonly received: unknown[];
}

function connect(url: string, headers: Record<string, string> = {}): Client {
  const socket = new WebSocket(url, { headers });
  const received: unknown[] = [];
  socket.on("message", (data: Buffer) => received.push(JSON.parse(data.toString())));
  onTestFinished(() => socket.terminate());
  return { socket, received };
}

describe("the relay", () => {
  test("tells everyone the whole run, however late they connect or how often", async () => {
    const { run, finish } = await heldRun();
    await using relay = await openInspectorRelay(run);
    const early = connect(relay.webSocketUrl);
    await eventually(() => early.received.length > 6, "the first client is told what has happened");
    const left = connect(relay.webSocketUrl);
    await eventually(() => left.received.length > 3, "the second client is told, too");
    left.socket.close();
    finish();
    await run.wait({ until: "end" });
    const late = connect(relay.webSocketUrl);
    const again = connect(relay.webSocketUrl);
    const messages = await messagesOf(run);
    for (const { received } of [early, late, again]) {
      await eventually(() => received.length >= messages.length, "each client has everything");
      expect(received).toEqual(messages);
    }
    expect(early.socket.readyState).toBe(WebSocket.OPEN);
  });

  test("is understood by the published package's receiver", async () => {
    const { run, finish } = await heldRun();
    finish();
    await run.wait({ until: "end" });
    await using relay = await openInspectorRelay(run);
    const received: unknown[] = [];
    createWebSocketReceiver({ server: relay.webSocketUrl }).subscribe((message) => received.push(message));
    const messages = await messagesOf(run);
    await eventually(() => received.length >= messages.length, "the receiver has everything");
    expect(received).toEqual(messages);
  });

  test("shows what happened as slowly as it is told to", async () => {
    const runClock = virtualClock();
    const { run, finish } = await heldRun(runClock);
    await runClock.advanceBy(5_000);
    finish();
    await run.wait({ until: "end" });
    const clock = virtualClock();
    await using relay = await openInspectorRelay(run, { clock, speed: 10 });
    const { received } = connect(relay.webSocketUrl);
    await eventually(() => clock.nextAt === 500, "the client waits for what comes next");
    const before = received.length;
    const messages = await messagesOf(run);
    expect(before).toBeLessThan(messages.length);
    await clock.advanceBy(500);
    await eventually(() => received.length >= messages.length, "the rest has come");
    expect(received).toEqual(messages);
  });

  test.each([
    ["without its secret", (url: string) => url.replace(/\/[0-9a-f]+$/, "/"), {}],
    [
      "with a secret that is wrong",
      (url: string) => url.replace(/[0-9a-f]$/, (digit) => (digit === "0" ? "1" : "0")),
      {},
    ],
    ["from the page of another origin", (url: string) => url, { Origin: "https://stately.ai" }],
    ["under another name", (url: string) => url, { Host: "evil.example" }],
  ])("refuses a client %s", async (_how, address, headers: Record<string, string>) => {
    const { run, finish } = await heldRun();
    finish();
    await using relay = await openInspectorRelay(run);
    const { socket } = connect(address(relay.webSocketUrl), headers);
    const [error] = (await once(socket, "error")) as [Error];
    expect(error.message).toBe("Unexpected server response: 403");
    const own = connect(relay.webSocketUrl, { Origin: new URL(relay.pageUrl).origin });
    await once(own.socket, "open");
  });

  test("serves a bounded number of clients at a time, and lets them go when it is closed", async () => {
    const { run, finish } = await heldRun();
    finish();
    const relay = await openInspectorRelay(run);
    const clients = Array.from({ length: limits.inspectClientsMax }, () => connect(relay.webSocketUrl));
    await Promise.all(clients.map(({ socket }) => once(socket, "open")));
    const [error] = (await once(connect(relay.webSocketUrl).socket, "error")) as [Error];
    expect(error.message).toBe("Unexpected server response: 503");
    const gone = Promise.all(clients.map(({ socket }) => once(socket, "close")));
    await relay.close();
    await gone;
  });

  test("makes no more messages than a client takes that reads slowly", async () => {
    const runtime = await openRuntime();
    onTestFinished(() => runtime.close());
    let finish = (): void => undefined;
    const until = new Promise<void>((resolve) => (finish = resolve));
    const first = step("first", { run: task(() => until) });
    const size = limits.inspectStepsMax;
    const others = Array.from({ length: size - 1 }, (_, index) =>
      step(`s${index}`, { needs: { first }, run: task(() => 1) }),
    );
    const graph = defineGraph("wide", { objective: "Be much.", steps: [first, ...others], notify: { mode: "none" } });
    const run = await runtime.start(graph);
    let made = 0;
    const count = <Message>(message: Message): Message => {
      made++;
      return message;
    };
    await using relay = await openInspectorRelay(run, { stepsMax: size, change: count });
    const { socket, received } = connect(relay.webSocketUrl);
    await once(socket, "open");
    socket.pause();
    await eventually(() => made > 0, "something is made for it");
    finish();
    await run.wait({ until: "end" });
    // Each step takes an actor and two events with their snapshots: some 30 MB, of which the system holds a few.
    const total = (await messagesOf(run, size)).length;
    expect(total).toBeGreaterThan(5 * size);
    expect(made).toBeLessThan(total / 2);
    socket.resume();
    await eventually(() => received.length >= total, "the client has everything");
    expect(made).toBe(total);
  });

  test("serves its page under its secret address alone, closed to everything but its own script", async () => {
    const { run, finish } = await heldRun();
    finish();
    await using relay = await openInspectorRelay(run);
    const { headers, body } = await get(relay.pageUrl);
    expect(headers["content-security-policy"]).toContain("default-src 'none'");
    expect(headers["content-security-policy"]).toContain("frame-src https://stately.ai;");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    expect(body).toContain(relay.webSocketUrl);
    expect((await get(new URL("/", relay.pageUrl).href)).status).toBe(404);
    expect((await get(relay.pageUrl, { Host: "evil.example" })).status).toBe(403);
    expect(new URL(relay.pageUrl).hostname).toBe("127.0.0.1");
  });

  test.each([
    [{ ui: "javascript:alert(1)" }, "https://"],
    [{ ui: "nowhere" }, "https://"],
    [{ port: 70_000 }, "port"],
    [{ speed: 0 }, "speed"],
    [{ stepsMax: 0 }, "stepsMax"],
  ])("refuses %o before it opens", async (options, named) => {
    const { run, finish } = await heldRun();
    finish();
    await expect(openInspectorRelay(run, options)).rejects.toMatchObject({
      code: "inspect.invalid",
      message: expect.stringContaining(named),
    });
  });
});

interface Answer {
  readonly status: number | undefined;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

function get(url: string, headers: Record<string, string> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (answer) => {
      let body = "";
      answer.on("data", (chunk: Buffer) => (body += chunk.toString()));
      answer.on("end", () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
    })
      .on("error", reject)
      .end();
  });
}
