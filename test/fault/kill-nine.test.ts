import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { openRuntime } from "runfold";
import type { Run, RecordedEvent } from "runfold";
import { sqliteJournal } from "runfold/sqlite";
import { seededEntropy } from "runfold/testing";
import { eventually } from "../support/eventually.ts";
import { fiftyCommands, loggedCommand, logsOf, makeLogs } from "../support/journaled-commands.ts";
import { processesWith, showsProcesses } from "../support/processes.ts";
import { runOwners } from "../support/run-owner.ts";
import type { RunOwner } from "../support/run-owner.ts";

/** `RUNFOLD_KILL_ROUNDS=300` is the campaign; `RUNFOLD_KILL_SEED=N` repeats the round that printed it. */
const rounds = Number(process.env["RUNFOLD_KILL_ROUNDS"] ?? 6);
const firstSeed = Number(process.env["RUNFOLD_KILL_SEED"] ?? Date.now() % 1_000_000);

const ownerOf = runOwners();
const tally = { rounds: 0, kills: 0, guardians: 0, takeovers: 0, acknowledged: 0, orphans: 0, interrupted: 0 };
let directory = "";

afterEach(() => rmSync(directory, { recursive: true, force: true, maxRetries: 10 }));
afterAll(() => {
  if (rounds > 6) console.log(JSON.stringify(tally));
});

describe.runIf(showsProcesses)("a run of fifty commands whose process is killed at any moment", () => {
  test.each(Array.from({ length: rounds }, (_, round) => firstSeed + round))(
    "loses nothing that was acknowledged and runs nothing twice that was done (seed %i)",
    async (seed) => {
      directory = mkdtempSync(join(tmpdir(), "runfold-kill-"));
      makeLogs(directory);
      const owners = await killUntilDone(seed);
      const { events, isVerified, run } = await readBack();
      const acknowledged = owners.map((owner) => owner.lines.filter(({ event }) => event !== undefined));
      expect(isVerified).toMatchObject({ ok: true });
      expectAcknowledgedKept(acknowledged.flat(), events);
      expectEachEndedOnce(events, run);
      expectLogsAgree(acknowledged.flat(), events);
      await expectNothingLeft(owners, events);
      tally.rounds++;
      tally.acknowledged += Math.max(...acknowledged.map((lines) => lines.length));
      tally.takeovers += run.snapshot().epoch - 1;
      tally.interrupted += events.filter(({ event }) => event.type === "step.interrupted").length;
    },
  );
});

describe.runIf(showsProcesses)("commands whose owner and guardian were both killed", () => {
  test("are ended, with what has left them, before their steps are launched again", async () => {
    directory = mkdtempSync(join(tmpdir(), "runfold-orphans-"));
    makeLogs(directory);
    // Nothing but a kill ends the first attempt and its two children, one of them in a session of its own.
    const wait = "trap '' TERM HUP INT; setsid sleep 1000 & sleep 1000 & log waiting; wait";
    const shell = loggedCommand("plain").replace("sleep 0.02", `if [ "$RUNFOLD_ATTEMPT" = 1 ]; then ${wait}; fi`);
    const steps = [
      { id: "before", shell: "echo text" },
      { id: "orphan", shell, needs: ["before"] },
    ];
    const document = { name: "orphan", objective: "Be left.", steps };
    const database = { db: join(directory, "runs.db"), root: directory };
    const first = ownerOf({ ...database, order: { graphs: { r: document } } });
    await eventually(() => logsOf(directory).get("orphan")?.length === 2, "the command and its children wait");
    await first.killWithGuardian();
    const orphans = await processesOf([first]);
    expect(orphans.length).toBeGreaterThanOrEqual(3);
    expect(scratchesOf([first])).toHaveLength(1);
    const second = ownerOf({ ...database, order: { follow: ["r"] } });
    expect(await second.until(({ ended }) => ended !== undefined)).toMatchObject({ ended: "succeeded" });
    expect(logsOf(directory).get("orphan")).toMatchObject([
      { attempt: 1, what: "start" },
      { attempt: 1, what: "waiting" },
      { attempt: 2, what: "start" },
      { attempt: 2, what: "end" },
    ]);
    expect(await processesOf([first])).toEqual([]);
    expect(scratchesOf([first])).toEqual([]);
  });
});

/** Kills owner after owner at moments that the seed says, until one has brought the run to its end; returns all of them. */
async function killUntilDone(seed: number): Promise<RunOwner[]> {
  const entropy = seededEntropy(seed);
  const chance = (most: number): number => Math.floor(entropy.fraction() * most);
  const owners: RunOwner[] = [];
  const kills = 1 + chance(3);
  for (let turn = 0; ; turn++) {
    // Three ways for a run to come to a new owner, and only the last of them makes it if it is not there yet.
    const way = turn === 0 ? 2 : chance(3);
    const isKnown = owners.some((owner) => owner.eventsOf("r").length > 0);
    const order = way === 1 && isKnown ? { resumes: ["r"] } : { graphs: { r: fiftyCommands() } };
    const owner = ownerOf({ db: join(directory, "runs.db"), root: directory, order, options: { recover: way === 0 } });
    owners.push(owner);
    if (turn === kills) {
      await owner.until(({ run, ended }) => run === "r" && ended !== undefined);
      await owner.close();
      return owners;
    }
    if (chance(4) === 0) await owner.untilAged(100 + chance(400));
    else await owner.untilEvents(1 + chance(turn === 0 ? 150 : 60), chance(12));
    const withGuardian = chance(2) === 0;
    if (withGuardian) await owner.killWithGuardian();
    else await owner.kill();
    tally.kills++;
    if (withGuardian) {
      tally.guardians++;
      tally.orphans += (await processesOf(owners)).length;
    }
  }
}

/** What runs of the run that these owners wrote. */
async function processesOf(owners: readonly RunOwner[]): Promise<number[]> {
  const life = lifeOf(owners);
  return life === undefined ? [] : await processesWith(ownerMark(life));
}

function lifeOf(owners: readonly RunOwner[]): string | undefined {
  for (const owner of owners) {
    const [started] = owner.eventsOf("r");
    if (started?.type === "run.started") return started.life;
  }
  return undefined;
}

async function readBack() {
  await using runtime = await openRuntime({ journal: sqliteJournal(join(directory, "runs.db")), recover: false });
  const run = (await runtime.get("r"))!;
  const events: RecordedEvent[] = [];
  for await (const { position, at, event } of run.events()) events.push({ position, at, event });
  return { events, run, isVerified: await run.verify() };
}

type Lines = RunOwner["lines"];

function expectAcknowledgedKept(lines: Lines, events: readonly RecordedEvent[]): void {
  for (const { position, at, event } of lines) expect(events[position! - 1]).toEqual({ position, at, event });
}

const ends: ReadonlySet<string> = new Set(
  "step.succeeded step.failed step.timedOut step.canceled step.blocked".split(" "),
);

function expectEachEndedOnce(events: readonly RecordedEvent[], run: Run): void {
  const ended = events.flatMap(({ event }) => (ends.has(event.type) && "step" in event ? [event.step] : []));
  const steps = Array.from(run.snapshot().steps, ({ id }) => id);
  expect(ended.toSorted()).toEqual(steps.toSorted());
  expect(events.filter(({ event }) => event.type === "run.settled")).toHaveLength(1);
}

function expectLogsAgree(acknowledged: Lines, events: readonly RecordedEvent[]): void {
  const logs = logsOf(directory);
  for (const [step, lines] of logs) {
    expect(
      lines.filter(({ what }) => what === "overlap"),
      `${step} overlaps with itself`,
    ).toEqual([]);
    const starts = lines.flatMap(({ attempt, what }) => (what === "start" ? [attempt] : []));
    expect(new Set(starts).size, `an attempt of ${step} is launched once`).toBe(starts.length);
  }
  const once = [...logs].filter(([step]) => step.startsWith("once"));
  for (const [step, lines] of once) {
    // None where the kill came after the launch and before the command's first line.
    const starts = lines.filter(({ what }) => what === "start");
    expect(starts.length, `${step} is never run again`).toBeLessThanOrEqual(1);
  }
  for (const { event } of acknowledged) {
    if (event?.type !== "step.succeeded") continue;
    expect(logs.get(event.step)?.at(-1), `${event.step} ran again`).toEqual({ attempt: event.attempt, what: "end" });
  }
  for (const { event } of events) {
    if (event.type !== "step.succeeded") continue;
    expect(logs.get(event.step)?.at(-1)).toEqual({ attempt: event.attempt, what: "end" });
    expect(event.output.value).toMatchObject({ stdout: `said by ${event.step}` });
  }
}

/**
 * Only an owner that is killed together with its guardian, after the end of its run, leaves something for good: what commands that
 * ended well had started in sessions of their own. Nobody takes over a run that has ended.
 */
async function expectNothingLeft(owners: readonly RunOwner[], events: readonly RecordedEvent[]): Promise<void> {
  const left = (): Promise<number[]> => processesOf(owners);
  const pids = events.flatMap(({ event }) => ("owner" in event ? [event.owner.pid] : []));
  const last = owners.find(({ pid }) => pid === pids.at(-1));
  if (last?.isGuardianKilled === true) for (const pid of await left()) process.kill(pid, "SIGKILL");
  await eventually(async () => (await left()).length === 0, "no process of the run is left");
  await expectNoScratch(owners);
}

/** A guardian may still be at it. */
async function expectNoScratch(owners: readonly RunOwner[]): Promise<void> {
  await eventually(() => scratchesOf(owners).length === 0, "no private directory of the run is left");
}

function scratchesOf(owners: readonly RunOwner[]): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`runfold-${lifeOf(owners)!}.`));
}

const ownerMark = (life: string): string => `RUNFOLD_RUN_OWNER=${life}.`;
