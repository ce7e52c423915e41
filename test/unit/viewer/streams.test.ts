import { expect, it, vi } from "vitest";
import { limits, memoryJournal, openRuntime, type RunSummary } from "runfold";
import { failed, succeeded, virtualClock } from "runfold/testing";
import { createViewer } from "runfold/viewer";
import { RunStream } from "../../../src/actors/run-stream.ts";
import type { EventsMessage, RunsMessage } from "../../../src/viewer/protocol.ts";
import { eventually } from "../../support/eventually.ts";
import type { EventReader } from "../../support/viewer/event-source.ts";
import { countTo, isCaughtUp, positionsOf, storyOf } from "../../support/viewer/run-story.ts";
import { chainOf, served } from "../../support/viewer/served-viewer.ts";
import { stubPage } from "../../support/viewer/stub-page.ts";

const hasEnd = ({ events }: EventReader): boolean => events.some(({ event }) => event === "end");
const listsOf = ({ events }: EventReader): readonly RunsMessage[] => events.map(({ data }) => data as RunsMessage);
const runs = (list: RunsMessage | undefined): readonly RunSummary[] => (list?.runs ?? []).map(({ summary }) => summary);

it("sends a run's events as they come, tells when there are no more for now, and ends with the run", async () => {
  const { runtime, work, read } = await served();
  const run = await runtime.start(chainOf("chain", 2), { id: "r1" });
  const reader = read("runs/r1/events?after=0");
  await reader.until(isCaughtUp);
  const before = reader.events.length;
  work.end("s0", succeeded("zero"));
  await reader.until(({ events }) => events.length > before && isCaughtUp(reader));
  work.end("s1", failed());
  await reader.until(hasEnd);
  await reader.untilEnd();
  expect(positionsOf(reader)).toEqual(countTo(run.snapshot().position));
  const own: unknown[] = [];
  for await (const { position, at, event } of run.events()) own.push({ position, at, event });
  expect(storyOf(reader)).toEqual(JSON.parse(JSON.stringify(own)));
  const messages = reader.events.filter(({ event }) => event === "events");
  for (const { data } of messages) expect((data as EventsMessage).life).toBe(run.snapshot().life);
  const { headers } = await reader.opened;
  expect(headers).toMatchObject({ "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-store" });
});

it("goes on where a browser was, whether that says so by itself or its page does", async () => {
  const { runtime, work, read } = await served();
  const run = await runtime.start(chainOf("chain", 2), { id: "r1" });
  const first = read("runs/r1/events");
  await first.until(isCaughtUp);
  const { position } = run.snapshot();
  first.close();
  work.end("s0", succeeded());
  const again = read("runs/r1/events?after=0", { "last-event-id": first.parser.lastId });
  const told = read(`runs/r1/events?after=${position}&life=${run.snapshot().life}`);
  const bare = read(`runs/r1/events?after=${position}`);
  await eventually(() => work.running.some(({ step }) => step === "s1"), "the second step runs");
  work.end("s1", succeeded());
  await Promise.all([again, told, bare].map((reader) => reader.until(hasEnd)));
  const rest = countTo(run.snapshot().position).slice(position);
  expect([again, told, bare].map(positionsOf)).toEqual([rest, rest, rest]);
});

it("says at once that nothing is new, and what to do with a place that is not of this run", async () => {
  const { runtime, work, read } = await served();
  const run = await runtime.start(chainOf("chain", 1), { id: "r1" });
  const { position, cursor, life } = run.snapshot();
  const current = read("runs/r1/events", { "last-event-id": cursor });
  await current.until(isCaughtUp);
  expect(current.events).toEqual([{ event: "events", id: cursor, data: { life, events: [], isCaughtUp: true } }]);
  const strangers = [
    read(`runs/r1/events?after=${position + 1}`),
    read("runs/r1/events?after=1&life=another"),
    read("runs/r1/events", { "last-event-id": "c1.1.wrong" }),
    read("runs/r1/events", { "last-event-id": "nonsense" }),
    read("runs/r1/events?after=999999999999999"),
  ];
  for (const stranger of strangers) {
    await stranger.until(isCaughtUp);
    expect(stranger.events[0]).toMatchObject({ event: "restart", data: { life } });
    expect(positionsOf(stranger)).toEqual(countTo(position));
  }
  work.end("s0", succeeded());
  await Promise.all(strangers.map((reader) => reader.until(hasEnd)));
  // A browser that comes back for more than there will ever be is told to stop.
  const late = await read("runs/r1/events", { "last-event-id": current.parser.lastId }).opened;
  expect(late.status).toBe(204);
});

it("tells the watchers of a run that was deleted, and restarts for a later one of its id", async () => {
  const { runtime, work, read, problems } = await served();
  const run = await runtime.start(chainOf("chain", 1), { id: "r1" });
  const first = read("runs/r1/events");
  await first.until(isCaughtUp);
  work.end("s0", succeeded());
  await first.until(hasEnd);
  await run.cleanup();
  const gone = read("runs/r1/events");
  await gone.untilEnd();
  expect(gone.events).toMatchObject([{ event: "gone", data: { code: "run.unknown" } }]);
  // Whoever is no source of events can read why.
  expect((await read("runs/r1/events", { accept: "*/*" }).opened).status).toBe(404);
  const later = await runtime.start(chainOf("chain", 3), { id: "r1" });
  const again = read("runs/r1/events", { "last-event-id": first.parser.lastId });
  await again.until(isCaughtUp);
  expect(again.events[0]).toMatchObject({ event: "restart", data: { life: later.snapshot().life } });
  expect(problems).toEqual([]);
});

it("cuts a long run into messages of a bounded size", async () => {
  const { runtime, work, read } = await served();
  const run = await runtime.start(chainOf("chain", 400), { id: "r1" });
  for (let index = 0; index < 400; index++) {
    const value = index % 5 === 0 ? "y".repeat(15_000) : null;
    await eventually(() => work.running.length > 0, "the next step runs");
    work.end(`s${index}`, succeeded(value));
  }
  await run.outcome();
  const reader = read("runs/r1/events");
  await reader.until(hasEnd);
  expect(positionsOf(reader)).toEqual(countTo(run.snapshot().position));
  const messages = reader.events.flatMap(({ event, data }) => (event === "events" ? [data as EventsMessage] : []));
  expect(messages.length).toBeGreaterThan(3);
  expect(Math.max(...messages.map(({ events }) => events.length))).toBeLessThanOrEqual(limits.viewerBatchEventsMax);
  expect(messages.map(({ isCaughtUp: isLast }) => isLast)).toEqual(
    messages.map((_, index) => index === messages.length - 1),
  );
  for (const message of messages) {
    expect(
      message.events.length === 1 || JSON.stringify(message.events).length <= limits.viewerBatchCharsMax + 1_000,
    ).toBe(true);
  }
});

it("lists runs newest first, again only when something has changed, and says that there are more", async () => {
  const { runtime, work, read } = await served();
  for (const id of ["a", "b", "c"]) await runtime.start(chainOf("chain", 1), { id });
  const two = read("runs?limit=2");
  const all = read("runs");
  await Promise.all([two, all].map((reader) => reader.until(({ events }) => events.length > 0)));
  expect(runs(listsOf(two)[0]).map(({ id }) => id)).toEqual(["c", "b"]);
  expect(listsOf(two)[0]).toMatchObject({ areMore: true, isReadOnly: false });
  expect(runs(listsOf(all)[0]).map(({ id }) => id)).toEqual(["c", "b", "a"]);
  expect(listsOf(all)[0]?.areMore).toBe(false);
  expect(listsOf(all)[0]?.runs.every(({ isLive }) => isLive)).toBe(true);
  work.end("s0", succeeded(), "a");
  await all.until(() => runs(listsOf(all).at(-1)).some(({ status }) => status === "succeeded"));
  expect(
    listsOf(all)
      .at(-1)
      ?.runs.map(({ isLive }) => isLive),
  ).toEqual([true, true, false]);
  // The oldest is not among the two newest, whose readers were told nothing.
  expect(two.events).toHaveLength(1);
  for (const list of [listsOf(all), listsOf(two)]) {
    const texts = list.map((one) => JSON.stringify(one));
    expect(new Set(texts).size).toBe(texts.length);
  }
});

it("looks at the list only as often as it must, and not at all when nobody does", async () => {
  const clock = virtualClock();
  const journal = memoryJournal();
  let looks = 0;
  const counting = new Proxy(journal, {
    get(target, name) {
      if (name === "list") looks++;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
  const { runtime, read, viewer } = await served({ runtime: { journal: counting }, viewer: { clock } });
  await runtime.start(chainOf("chain", 1), { id: "r1" });
  looks = 0;
  const readers = [read("runs"), read("runs"), read("runs")];
  await Promise.all(readers.map((reader) => reader.until(({ events }) => events.length > 0)));
  const atFirst = looks;
  await clock.advanceBy(limits.viewerRunsLookMs * 10);
  // Three pages cost as many looks as one.
  expect(looks - atFirst).toBe(10);
  for (const reader of readers) reader.close();
  await eventually(() => viewer.load.streams === 0 && viewer.load.requests === 0, "all have gone");
  expect(viewer.load.isListIdle).toBe(true);
  expect(clock.armed).toBe(0);
});

it("says that it is still there after a silence, but not into a connection that takes no more", async () => {
  const clock = virtualClock();
  const { runtime, read } = await served({ viewer: { clock } });
  await runtime.start(chainOf("chain", 1), { id: "r1" });
  const reader = read("runs/r1/events");
  await reader.until(isCaughtUp);
  for (let beat = 1; beat <= 3; beat++) {
    await clock.advanceBy(limits.viewerHeartbeatMs);
    await eventually(() => reader.parser.comments.length === beat, "a sign of life");
  }
  expect(reader.events).toHaveLength(1);
});

/** Counts who listens to runs now. */
function countListeners(): () => number {
  let listening = 0;
  for (const way of ["listenBatches", "onStop"] as const) {
    const listen: (this: RunStream, listener: never) => () => void = RunStream.prototype[way];
    vi.spyOn(RunStream.prototype, way).mockImplementation(function (this: RunStream, listener: unknown) {
      const stop = listen.call(this, listener as never);
      let isListening = true;
      listening++;
      return () => {
        if (isListening) listening--;
        isListening = false;
        stop();
      };
    });
  }
  return () => listening;
}

const sockets = (): number => process.getActiveResourcesInfo().filter((name) => name.startsWith("TCP")).length;

it("holds nothing any more once its readers or itself have gone, and ends while they read", async () => {
  const clock = virtualClock();
  const listeners = countListeners();
  const socketsBefore = sockets();
  const { runtime, read, viewer, work } = await served({ viewer: { clock } });
  const run = await runtime.start(chainOf("chain", 1), { id: "r1" });
  const before = listeners();
  const readers = [read("runs/r1/events"), read("runs/r1/events"), read("runs")];
  await Promise.all(readers.map((reader) => reader.until(({ events }) => events.length > 0)));
  expect(viewer.load).toEqual({ streams: 3, requests: 3, isListIdle: false });
  await eventually(() => listeners() === before + 4, "both wait for more");
  readers[0]!.close();
  await eventually(() => viewer.load.streams === 2 && listeners() === before + 2, "the first has gone");
  await viewer.close();
  await Promise.all(readers.slice(1).map((reader) => reader.untilEnd()));
  expect(viewer.load).toEqual({ streams: 0, requests: 0, isListIdle: true });
  expect(clock.armed).toBe(0);
  expect(listeners()).toBe(before);
  await eventually(() => sockets() <= socketsBefore, "no socket is left");
  vi.restoreAllMocks();
  // The runtime goes on without it.
  work.end("s0", succeeded());
  expect((await run.outcome()).status).toBe("succeeded");
  await viewer.close();
});

it("lets only so many watch at once, and the next one when one has gone", async () => {
  const { runtime, read, viewer } = await served();
  await runtime.start(chainOf("chain", 1), { id: "r1" });
  const watching = Array.from({ length: limits.viewerStreamsMax }, () => read("runs/r1/events"));
  await Promise.all(watching.map((reader) => reader.until(isCaughtUp)));
  const refused = await read("runs").opened;
  expect(refused.status).toBe(503);
  expect(JSON.parse(refused.body)).toMatchObject({ code: "viewer.busy" });
  watching[0]!.close();
  await eventually(() => viewer.load.streams < limits.viewerStreamsMax, "one has gone");
  const next = read("runs");
  await next.until(({ events }) => events.length > 0);
});

it("shows the runs of a database that is open for reading alone, and says so", async () => {
  const runtime = await openRuntime();
  await using viewer = createViewer(runtime, { isReadOnly: true, pageDirectory: stubPage() });
  const reader = await fetch(`${await viewer.listen()}runs`);
  const stream = reader.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!text.includes("isReadOnly")) text += (await stream.read()).value ?? "";
  expect(text).toContain('{"runs":[],"areMore":false,"isReadOnly":true}');
  await stream.cancel();
  await runtime.close();
});

it("keeps a hostile text from breaking a message apart", async () => {
  const { runtime, work, read } = await served();
  const run = await runtime.start(chainOf("chain", 1), { id: "r1" });
  work.end("s0", succeeded("one\r\nevent: evil\n\ndata: {}\u2028\u2029\ud800 </script>"));
  await run.outcome();
  const reader = read("runs/r1/events");
  await reader.until(hasEnd);
  expect(new Set(reader.events.map(({ event }) => event))).toEqual(new Set(["events", "end"]));
  expect(JSON.stringify(storyOf(reader))).toContain(String.raw`one\r\nevent: evil`);
});
