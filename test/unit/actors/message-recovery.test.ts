import { hostname } from "node:os";
import { expect, test } from "vitest";
import { memoryJournal, parseGraph } from "runfold";
import type { Executor, Journal, Message, Owner } from "runfold";
import { scriptedExecutor } from "runfold/testing";
import { journalWith } from "../../../src/ports/journal-with.ts";
import { eventsOf, openWorld, turns, words } from "./world.ts";

/** No process has this id, on any system that this runs on. */
const goneOwner: Owner = { host: hostname(), pid: 2 ** 30, processStart: "1" };

/** What a process left that is gone: step `a` was sent two messages, the first of which its program had taken. */
async function left(): Promise<Journal> {
  const journal = memoryJournal();
  const asOwner = <Value>(value: Value): Value =>
    JSON.parse(JSON.stringify(value, (key, part: unknown) => (key === "owner" ? goneOwner : part))) as Value;
  const owned = journalWith(journal, {
    append: (run, expected, commits, options) => journal.append(run, expected, commits.map(asOwner), options),
    close: () => Promise.resolve(),
  });
  const { runtime } = await openWorld({
    journal: owned,
    executors: [hearing((message) => message.number === 1 && message.accepted())],
  });
  const parsed = parseGraph({ name: "left", objective: "Be left.", steps: [{ id: "a", task: "a" }] });
  if (!parsed.ok) throw new Error("no graph");
  const run = await runtime.start(parsed.graph, { id: "left" });
  await turns();
  await run.message("a", { channel: "steer", text: "One.", key: "k1" });
  void run.message("a", { channel: "follow_up", text: "Two.", key: "k2" }).catch(() => undefined);
  await turns();
  const frozen = (await journal.read("left", 0, 1_000)).slice();
  const copy = memoryJournal();
  const { summary } = (await journal.entry("left"))!;
  await copy.append("left", 0, frozen, { summary });
  return copy;
}

function hearing(
  hears: (message: Message) => unknown,
  rest: Partial<Executor> = {},
): ReturnType<typeof scriptedExecutor> {
  const executor = scriptedExecutor({
    kinds: ["task"],
    started: ({ attempt }) => attempt.onMessage((message) => void hears(message)),
  });
  return Object.assign(executor, { takesMessages: () => true, ...rest });
}

test.each([
  ["goes on", true, 1],
  ["is made again", false, 2],
])("an attempt that %s after a crash is told again what it may not have been given", async (_how, resumes, attempt) => {
  const journal = await left();
  const heard: Message[] = [];
  const executor = hearing(
    (message) => {
      heard.push(message);
      message.consumed();
    },
    { resumes: () => resumes },
  );
  const { runtime } = await openWorld({ journal, executors: [executor] });
  const run = (await runtime.get("left"))!;
  await turns();
  expect(heard.map(({ number, text, key, channel }) => [number, text, key, channel])).toEqual([
    [1, "One.", "k1", "steer"],
    [2, "Two.", "k2", "follow_up"],
  ]);
  expect(executor.attempts.map(({ number }) => number)).toEqual([attempt]);
  expect(words(await eventsOf(journal, run)).slice(-5)).toEqual([
    attempt === 1 ? "a resumed" : "a started",
    "a sent",
    "a sent",
    "a consumed",
    "a consumed",
  ]);
  const again = await run.message("a", { channel: "steer", text: "One.", key: "k1" });
  expect(again).toMatchObject({ message: 1, status: "consumed", isReused: true });
  expect(await run.verify()).toMatchObject({ ok: true });
});

test("a run that is cleaned up after its process is gone says of its messages that nobody knows", async () => {
  const journal = await left();
  const kept: string[] = [];
  const watched = journalWith(journal, {
    append: (run, expected, commits, options) => {
      kept.push(...words(commits.flatMap(({ events }) => events)));
      return journal.append(run, expected, commits, options);
    },
  });
  const { runtime } = await openWorld({ journal: watched, recover: false });
  await (await runtime.get("left"))!.cleanup();
  expect(kept).toEqual([
    "run cancelRequested",
    "a abortRequested",
    "a unknown",
    "a unknown",
    "a canceled",
    "notice queued",
    "run settled",
    "run cleaned",
  ]);
});
