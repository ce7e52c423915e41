import { afterEach, describe, expect, it, vi } from "vitest";
import type { AnyStateMachine } from "xstate";
import { getAdjacencyMap, getSimplePaths, getShortestPaths } from "xstate/graph";
import type { StepDocument } from "../../../src/domain/graph-document.ts";
import { messageMachine } from "../../../src/machines/message-machine.ts";
import { messageTable, runTable, stepTable } from "../../../src/machines/run-state.ts";
import { runMachine } from "../../../src/machines/run-machine.ts";
import { stepMachine } from "../../../src/machines/step-machine.ts";
import { GivenRun, graphOf, stepOf } from "../../support/given-run.ts";

/** A state of a chart and a signal that it takes there. */
type Pair = `${string} on ${string}`;

type Table = typeof runTable | typeof stepTable | typeof messageTable;

interface Script {
  /** The small graph on which the signals of a path can be given. */
  steps(path: readonly string[]): readonly StepDocument[];
  /** The real inputs that make the kernel send a signal; `next` is the signal after it. */
  readonly inputs: Readonly<Record<string, (run: GivenRun, next: string | undefined) => void>>;
}

const artifact = { name: "a.1.log", bytes: 3, sha256: "0".repeat(64) };

/** Signals to step `x`; `other` keeps the run alive when `x` has ended. */
const stepScript: Script = {
  steps([first, ...others]) {
    const isLostForGood = others.includes("interrupt") && others.at(-1) === "fail.final";
    const x = stepOf("x", {
      retry: { attempts: 3, backoffSeconds: 1 },
      ...(isLostForGood ? { onInterrupted: "fail" } : {}),
    });
    const waits = first === "block" || first === "cancel";
    return waits ? [stepOf("need"), stepOf("other"), { ...x, needs: ["need"] }] : [x, stepOf("other")];
  },
  inputs: {
    start: () => undefined,
    block: (run) => run.fail("need"),
    cancel: (run) => run.cancel(),
    progress: (run) =>
      run.when({
        type: "step.progress",
        step: "x",
        attempt: run.attemptOf("x"),
        report: { kind: "note", message: "Half of it is done.", fraction: 0.5 },
      }),
    "stop.cancel": (run) => run.cancel(),
    "stop.timeOut": (run) => run.timeOut("x"),
    "stop.force": (run) => run.cancel(true),
    succeed: (run) => run.succeed("x"),
    "fail.retry": (run) => run.fail("x"),
    "fail.final": (run) => run.fail("x", { final: true }),
    due: (run) => run.retry("x"),
    interrupt: (run, next) => {
      // A run that is taken over after its deadline expires at once.
      if (next === "cancel") run.now = run.deadlineAt;
      run.recover(next === "resume" ? ["x"] : []);
    },
    // In the same commit as the interruption.
    resume: () => undefined,
  },
};

const runScript: Script = {
  steps: (path) => [stepOf("a"), stepOf("b"), ...(path.includes("notify") ? [stepOf("c")] : [])],
  inputs: {
    start: () => undefined,
    recover: (run) => run.recover(),
    fork: (run) => run.fork(),
    cancel: (run) => run.cancel(),
    "cancel.force": (run) => run.cancel(true),
    expire: (run) => run.expire(),
    diagnose: (run) =>
      run.when({ type: "diagnostic.record", code: "disk-slow", severity: "warning", message: "The disk is slow." }),
    store: (run) =>
      run.when({ type: "step.succeed", step: "a", attempt: 1, output: { value: null }, artifacts: [artifact] }),
    "settle.succeeded": (run) => [run.succeed("a"), run.succeed("b")],
    "settle.mixed": (run) => [run.succeed("a"), run.abort("b")],
    "settle.failed": (run) => [run.abort("a"), run.abort("b")],
    clean: (run) => run.clean(),
    // While it runs, of what has happened; while it is being ended, of its end, in the commit of that.
    notify: (run, next) => {
      if (run.phase === "running") run.fail("c", { final: true });
      else if (next === undefined) for (const step of ["a", "b", "c"]) run.abort(step);
    },
  },
};

const said = { type: "message.send", step: "x", channel: "steer", text: "Hurry.", key: "k" } as const;
const report = (outcome: "accepted" | "consumed" | "denied" | "unknown") => (run: GivenRun) => {
  run.when({
    type: "message.report",
    step: "x",
    attempt: run.attemptOf("x"),
    message: 1,
    outcome,
    reason: "So it is.",
  });
};

/** Signals to the first message; `x` needs a step that is not done where the message is denied before it is sent. */
const messageScript: Script = {
  steps: ([first]) => (first === "deny" ? [stepOf("need"), { ...stepOf("x"), needs: ["need"] }] : [stepOf("x")]),
  inputs: {
    send: (run) => run.when(said),
    deny: (run) => (run.attemptOf("x") === 0 ? run.when(said) : report("denied")(run)),
    resend: (run) => run.recover(["x"]),
    accept: report("accepted"),
    consume: report("consumed"),
    lose: report("unknown"),
  },
};

/** Pairs that a chart has and the kernel never asks for, each with the reason why the chart has it all the same. */
const neverSent: Readonly<Record<Pair, string>> = {};

const charts: readonly (readonly [string, AnyStateMachine, Script, Table])[] = [
  ["the step's chart", stepMachine, stepScript, stepTable],
  ["the run's chart", runMachine, runScript, runTable],
  ["the message's chart", messageMachine, messageScript, messageTable],
];

afterEach(() => void vi.restoreAllMocks());

describe.each(charts)("%s", (_name, machine, script, table) => {
  const paths = signalPaths(machine);
  const pairs = pairsOf(machine);
  const exercised = new Set<Pair>();

  it("reaches every state", () => {
    const reached = getShortestPaths(machine).map(({ state }) => state.value);
    expect(new Set(reached)).toEqual(new Set(Object.keys(machine.states)));
  });

  it("has no way out of an end, except to clean up", () => {
    const ends = [
      "succeeded",
      "mixed",
      "failed",
      "blocked",
      "timedOut",
      "canceled",
      "expired",
      "cleaned",
      "consumed",
      "denied",
    ];
    const left = pairs.filter((pair) => ends.some((end) => pair.startsWith(`${end} on `)));
    const cleanings = left.filter((pair) => pair.endsWith(" on clean"));
    expect(left).toEqual(cleanings);
    expect(cleanings).toHaveLength(machine === runMachine ? 5 : 0);
  });

  it("has no state in which nothing can be done, except the ends", () => {
    const dead = Object.keys(machine.states).filter((state) => !pairs.some((pair) => pair.startsWith(`${state} on `)));
    const ends = new Map<AnyStateMachine, readonly string[]>([
      [runMachine, ["cleaned"]],
      [stepMachine, ["succeeded", "failed", "blocked", "timedOut", "canceled"]],
      [messageMachine, ["consumed", "denied"]],
    ]);
    expect(dead).toEqual(ends.get(machine));
  });

  it.each(paths.map((path) => [path.join(", "), path] as const))(
    "is walked by the kernel through %s",
    (_title, path) => {
      const sent = recordSignals(table, machine === stepMachine ? "x" : undefined);
      // Whoever asks for a notice gets it: one for each reason, at once. Elsewhere there are none.
      const notify = { mode: path.includes("notify") ? "milestones" : "none", minIntervalSeconds: 0 } as const;
      const run = new GivenRun(graphOf(script.steps(path), undefined, notify));
      run.start();
      for (const [index, signal] of path.entries()) {
        // What becomes of an interrupted step is decided with the interruption.
        if (path[index - 1] !== "interrupt") script.inputs[signal]!(run, path[index + 1]);
      }
      const expected = pairsAlong(machine, path);
      // A step that is due starts at once, so the kernel may have gone one signal further than the path.
      expect(sent.slice(0, expected.length)).toEqual(expected);
      for (const pair of sent) exercised.add(pair);
    },
  );

  it("is exercised by the kernel in every reachable pair of state and signal, but for those with a reason", () => {
    const missing = pairs.filter((pair) => !exercised.has(pair) && neverSent[pair] === undefined);
    expect(missing).toEqual([]);
    expect(Object.keys(neverSent).filter((pair) => exercised.has(pair as Pair))).toEqual([]);
  });

  it("takes every signal that the kernel sends", () => {
    expect([...exercised].filter((pair) => !pairs.includes(pair))).toEqual([]);
  });
});

/** Every simple path of a chart, as signals, and each of them followed once more by every signal that its end takes. */
function signalPaths(machine: AnyStateMachine): string[][] {
  const paths = getSimplePaths(machine).map(({ steps, state }) => ({
    // The first step of each path is XState's own start.
    signals: steps.slice(1).map(({ event }) => event.type),
    end: state.value as string,
  }));
  const longer = paths.flatMap(({ signals, end }) =>
    [...machine.states[end]!.transitions.keys()].map((signal) => [...signals, signal]),
  );
  return [...new Map(longer.map((path) => [path.join(), path])).values()];
}

function pairsOf(machine: AnyStateMachine): Pair[] {
  const pairs: Pair[] = [];
  for (const { state, transitions } of Object.values(getAdjacencyMap(machine, {}))) {
    const from = state.value as string;
    // The map also has the signals that change nothing.
    const types = Object.values<{ event: { type: string } }>(transitions).map(({ event }) => event.type);
    for (const type of types) if (machine.states[from]!.transitions.has(type)) pairs.push(`${from} on ${type}`);
  }
  return pairs;
}

function pairsAlong(machine: AnyStateMachine, path: readonly string[]): Pair[] {
  let state = machine.root.initial.target[0]!.key;
  return path.map((signal) => {
    const pair: Pair = `${state} on ${signal}`;
    state = machine.states[state]!.transitions.get(signal)![0]!.target![0]!.key;
    return pair;
  });
}

/** Listens to what the kernel asks the table: the signals to one step, or to the run. */
function recordSignals(table: Table, step: string | undefined): Pair[] {
  const sent: Pair[] = [];
  const real = table.cell as (state: string, type: string) => ReturnType<typeof stepTable.cell>;
  vi.spyOn(table as typeof stepTable, "cell").mockImplementation((state, type) => {
    const cell = real(state, type);
    if (cell === undefined) return undefined;
    return {
      next: cell.next,
      make(signal) {
        if (step === undefined || signal.step === step) sent.push(`${state} on ${type}`);
        return cell.make(signal);
      },
    };
  });
  return sent;
}
