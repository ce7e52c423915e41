import type { WaitOptions } from "../../src/actors/run-options.ts";
import type { Run } from "../../src/actors/run.ts";
import { isRunfoldError } from "../../src/domain/errors.ts";
import type { ErrorCode } from "../../src/domain/errors.ts";
import type { Graph } from "../../src/domain/graph.ts";
import type { RunId } from "../../src/domain/ids.ts";
import { editedGraph } from "./edited-graph.ts";
import { checkReceipt } from "./receipt-laws.ts";
import { speak } from "./message-deeds.ts";
import type { Action } from "./scenario.ts";
import type { SimulatedProcess } from "./simulated-process.ts";
import { checkHandle, readAll, watch } from "./spectator.ts";
import type { Reaction } from "./spectator.ts";
import { lookAt } from "./looks.ts";
import type { World } from "./world.ts";

export const runIds: readonly RunId[] = ["run-0", "run-1", "run-2", "fork-0", "fork-1"];

/** What somebody may be told who asked for nothing wrong, in a world in which much goes wrong. */
const ordinary: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "run.unknown",
  "run.conflicting",
  "run.live",
  "run.abandoned",
  "run.cleaned",
  "runtime.closed",
  "runtime.full",
  "position.invalid",
  "fork.refused",
  "mailbox.full",
  "cursor.invalid",
  "step.unknown",
  "journal.conflict",
  "journal.closed",
  "journal.failed",
  "journal.busy",
  "artifact.unknown",
  "artifact.failed",
]);

/** Does something in a process, and sees that it is answered, at the latest when the world ends, and with nothing strange. */
export function attempt(world: World, process: SimulatedProcess, what: string, act: () => Promise<unknown>): void {
  const key = Symbol(what);
  const name = `process ${process.owner.pid}: ${what}`;
  world.note(name);
  world.unanswered.set(key, { what: name, process });
  const answered = (answer: string): void => {
    world.unanswered.delete(key);
    world.note(`${name}: ${answer}`);
    if (process.isDead && !process.isClosing) world.broken(`${name}: a dead process was answered`);
  };
  act().then(
    () => answered("done"),
    (error: unknown) => {
      answered(String(error));
      if (error instanceof ObserverError) return;
      if (!isRunfoldError(error) || !ordinary.has(error.code)) {
        world.broken(`${name}: ${error instanceof Error ? error.stack : String(error)}`);
      }
    },
  );
}

/** Does what a scenario says, if the process can do anything at all. */
export function perform(world: World, action: Action): void {
  const { act, number } = action;
  const process = world.processes[action.process % world.processes.length]!;
  if (act === "restart" && process.isDead) return restart(world, action.process % world.processes.length);
  if (act === "crash" && !process.isDead) return world.kill(process);
  if (!process.isAwake) return;
  const named = runIds[action.run]!;
  // Mostly, what somebody asks for is there.
  const id = act === "start" || number % 10 === 0 || world.store.runs.has(named) ? named : runIds[0]!;
  if (act === "suspend") {
    const ms = [20, 100, 1_000, 40_000][number % 4]!;
    process.clock.suspendedUntil = world.time.now + ms;
    return world.note(`process ${process.owner.pid} is suspended for ${ms} ms`);
  }
  if (act === "jump") {
    const ms = [-1_000, 1_000, 50, -50, 40_000][number % 5]!;
    process.clock.skewMs += ms;
    return world.note(`the clock of process ${process.owner.pid} jumps by ${ms} ms`);
  }
  attempt(world, process, `${act} ${id} ${number}`, () => command(world, process, id, action));
}

async function command(world: World, process: SimulatedProcess, id: RunId, { act, number, run: place }: Action) {
  const { runtime } = process;
  if (act === "start") return startRun(world, process, id, place + (number % 17 === 0 ? 1 : 0));
  if (act === "recover") return runtime.recover();
  if (act === "resume") return seen(world, await runtime.resume(id, { force: number % 2 === 0 }));
  if (act === "fork") return fork(world, process, id, number);
  if (act === "close") return close(world, process);
  const run = await runtime.get(id);
  if (run === undefined) return undefined;
  seen(world, run);
  if (act === "cancel") return cancel(world, run, number % 3 === 0);
  if (act === "cleanup") return run.cleanup();
  if (act === "message") return speak(world, run, number);
  if (act === "wait") return wait(world, process, run, number);
  if (act === "look") return lookAt(world, process, run, number);
  const reaction = reactionOf(world, process, run, number);
  if (act === "watch") return watch(world, process, run, number % 2 === 0 ? "events" : "snapshots", reaction);
  const given = number % 2 === 0 ? undefined : world.cursors.findLast((cursor) => cursor.run === id);
  return readAll(world, process, run, { given, reaction: number % 5 === 0 ? reaction : undefined });
}

export function graphFor(world: World, place: number): Graph {
  const { graphs } = world.scenario;
  return { document: graphs[place % graphs.length]!.graph, tasks: new Map() };
}

/** A new process takes up what it finds, as opening a runtime does. */
export function restart(world: World, slot: number): void {
  const process = world.start(slot);
  attempt(world, process, "tidy", () => process.runtime.tidy());
  attempt(world, process, "recover", () => process.runtime.recover());
}

function seen(world: World, run: Run): Run {
  checkHandle(world, run);
  return run;
}

async function startRun(world: World, process: SimulatedProcess, id: RunId, place: number): Promise<void> {
  seen(world, await process.runtime.start(graphFor(world, place), { id }));
}

async function fork(world: World, process: SimulatedProcess, id: RunId, number: number): Promise<void> {
  const { runtime } = process;
  const source = await runtime.get(id);
  if (source === undefined) return;
  const { position, graph, life } = source.snapshot();
  const commits = world.store.lives.get(life)?.commits ?? [];
  // Now and then in the middle of a commit, or beyond the end.
  const at = number % 7 === 0 ? 1 + (number % (position + 2)) : (commits[number % commits.length]?.position ?? 1);
  const edit = number % 3 === 0 ? {} : { graph: { document: editedGraph(graph, number), tasks: new Map() } };
  seen(world, await runtime.fork(id, { at, id: `fork-${number % 2}`, ...edit }));
}

async function close(world: World, process: SimulatedProcess): Promise<void> {
  process.isClosing = true;
  await process.runtime.close();
  for (const { attempt: going, stops } of process.executor.working) {
    if (stops.length === 0) world.broken(`law 10: a closed runtime goes on with ${going.step.id} of ${going.run}`);
  }
  world.kill(process);
}

async function cancel(world: World, run: Run, force: boolean): Promise<void> {
  const reason = `cancel ${world.uniqueName()}`;
  const { life } = run.snapshot();
  const refusal = await run.cancel({ reason, force });
  const truth = world.store.lives.get(life)!;
  const kept = [...world.store.sent, ...truth.commits.map(({ input }) => input)];
  const isKept = kept.some((command) => JSON.stringify(command).includes(`"${reason}"`));
  if (refusal === undefined && !isKept) world.broken(`law 1: ${reason} of ${run.id} was acknowledged, and is nowhere`);
  if (refusal !== undefined && truth.state.phase === "running") {
    world.broken(`law 3: ${reason} of ${run.id} was refused (${refusal.message}), and the run goes on`);
  }
}

async function wait(world: World, process: SimulatedProcess, run: Run, number: number): Promise<void> {
  const snapshot = run.snapshot();
  const step = number % 3 === 0 ? snapshot.steps.at(number % snapshot.steps.length)!.id : undefined;
  const until = number % 2 === 0 ? "end" : "material";
  const timeoutMs = [undefined, 0, 30, 2_000][number % 4];
  const given = world.cursors.findLast(({ life }) => life === snapshot.life);
  const options: WaitOptions = {
    until,
    ...(step === undefined ? {} : { step }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(given === undefined || number % 5 < 2 ? {} : { after: given.cursor }),
  };
  const receipt = await run.wait(options);
  if (process.isDead) world.broken("a dead process was woken");
  checkReceipt(world, receipt, { step, until, hasTimeout: timeoutMs !== undefined });
}

/** What an observer throws itself is none of the world's errors. */
class ObserverError extends Error {}

function reactionOf(world: World, process: SimulatedProcess, run: Run, number: number): Reaction | undefined {
  const at = 1 + (number % 6);
  const later = (what: string, act: () => Promise<unknown>): void =>
    attempt(world, process, `${what} of ${run.id}, from within`, act);
  const acts: ((leave: () => void) => unknown)[] = [
    (leave) => leave(),
    () => later("cancel", () => cancel(world, run, number % 2 === 0)),
    () => later("wait", () => wait(world, process, run, number)),
    () => later("start", () => startRun(world, process, runIds[number % 3]!, number % 3)),
    () => {
      throw new ObserverError("An observer threw.");
    },
    () => Promise.reject(new ObserverError("An observer rejected.")),
  ];
  const act = acts[Math.floor(number / 6) % (acts.length + 2)];
  return act === undefined ? undefined : { at, act };
}
