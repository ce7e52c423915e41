import { createServer } from "node:http";
import { connect, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { limits } from "runfold";
import { succeeded } from "runfold/testing";
import { systemClock } from "../../src/adapters/clocks/system-clock.ts";
import { EventStream } from "../../src/viewer/event-stream.ts";
import { eventually } from "../support/eventually.ts";
import { EventReader } from "../support/viewer/event-source.ts";
import { countTo, isCaughtUp, positionsOf } from "../support/viewer/run-story.ts";
import { chainOf, served } from "../support/viewer/served-viewer.ts";

const sockets: Socket[] = [];
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

function connected(url: string): Socket {
  const socket = connect(Number(new URL(url).port), "127.0.0.1")
    .on("error", () => undefined)
    .resume();
  sockets.push(socket);
  return socket;
}

const hasEnd = ({ events }: EventReader): boolean => events.some(({ event }) => event === "end");

it("holds at most so many connections, and answers again when they have gone", async () => {
  const { url } = await served();
  let closed = 0;
  const many: Socket[] = [];
  // As many at once as the system lets wait to be taken.
  while (many.length < 1_000) {
    const some = Array.from({ length: 100 }, () => connected(url).on("close", () => closed++));
    many.push(...some);
    await Promise.all(some.map((socket) => new Promise((resolve) => socket.once("connect", resolve))));
  }
  await eventually(() => closed >= 1_000 - limits.viewerConnectionsMax, "the rest was sent away");
  expect(closed).toBeLessThan(1_000);
  for (const socket of many) socket.destroy();
  await eventually(async () => {
    const answer = await new EventReader(url).opened.catch(() => undefined);
    return answer?.status === 200;
  }, "it answers");
});

it.each([
  ["nonsense", "\u0000\u0001 what?\r\n\r\n"],
  ["a request without a host", "GET / HTTP/1.1\r\n\r\n"],
  ["a request of two hosts", "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n"],
  ["a request for a tunnel", "CONNECT evil.example:80 HTTP/1.1\r\nHost: localhost\r\n\r\n"],
  ["a request for a socket", "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"],
  ["endless headers", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(200_000)}\r\n\r\n`],
  [
    "two lengths",
    "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
])("is not upset by %s", async (_, text) => {
  const { url, problems } = await served();
  const socket = connected(url);
  let answer = "";
  const over = new Promise<void>((resolve) => {
    socket.on("data", (piece) => {
      answer += String(piece);
      if (answer.includes("\r\n\r\n")) socket.end();
    });
    socket.on("close", () => resolve());
  });
  socket.write(text);
  await over;
  // A tunnel is refused by silence.
  expect(answer).toMatch(/^(?:HTTP\/1\.1 4\d\d |$)/);
  expect((await fetch(url)).status).toBe(200);
  expect(problems).toEqual([]);
});

it("lets nobody wait for a reader that does not read, and that one misses nothing", async () => {
  const { runtime, work, read } = await served();
  const run = await runtime.start(chainOf("chain", 600), { id: "r1" });
  const [slow, quick] = [read("runs/r1/events"), read("runs/r1/events")];
  await Promise.all([slow, quick].map((reader) => reader.until(isCaughtUp)));
  slow.pause();
  for (let index = 0; index < 600; index++) {
    await eventually(() => work.running.length > 0, "the next step runs");
    work.end(`s${index}`, succeeded("y".repeat(16_000)));
  }
  await run.outcome();
  await quick.until(hasEnd);
  const all = countTo(run.snapshot().position);
  expect(positionsOf(quick)).toEqual(all);
  slow.resume();
  await slow.until(hasEnd);
  expect(positionsOf(slow)).toEqual(all);
});

it("puts no message behind one that waits for its reader", async () => {
  const text = "z".repeat(limits.viewerBatchCharsMax);
  const count = 200;
  let waiting = 0;
  let sent = 0;
  const server = createServer((_, response) => {
    const stream = new EventStream(response, systemClock());
    const fill = async (): Promise<void> => {
      for (; sent < count; sent++) {
        await stream.send("part", JSON.stringify({ sent, text }));
        waiting = Math.max(waiting, response.writableLength);
      }
      stream.end();
    };
    void fill();
    // What the connection holds after each write, before anything is waited for.
    const write = response.write.bind(response) as (text: string) => boolean;
    response.write = ((piece: string) => {
      const taken = write(piece);
      waiting = Math.max(waiting, response.writableLength);
      return taken;
    }) as never;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const reader = new EventReader(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await reader.until(({ events }) => events.length > 0);
  reader.pause();
  // More than the system's own buffers take lies between the two.
  await eventually(() => sent > 1, "it has begun");
  reader.resume();
  await reader.untilEnd();
  expect(reader.events.map(({ data }) => (data as { sent: number }).sent)).toEqual(countTo(count).map((n) => n - 1));
  expect(waiting).toBeLessThan(2 * limits.viewerBatchCharsMax);
  expect(waiting).toBeGreaterThan(0);
  server.close();
});
