import * as fc from "fast-check";
import type { Failure } from "../../src/domain/failure.ts";
import type { GraphDocument, GraphNotify, StepDocument } from "../../src/domain/graph-document.ts";
import type { Input } from "../../src/domain/inputs.ts";

/** What an attempt does by itself, and what it does when it is told to stop. */
export interface Behaviour {
  /** A hanging attempt only ends because it is told to. */
  readonly ends: "succeeds" | "fails" | "failsForGood" | "hangs";
  /** Whether it tells how far it is before it ends. */
  readonly tells: boolean;
  readonly afterMs: number;
  readonly stopped: "succeeds" | "fails" | "ignoresIt";
  readonly stopsAfterMs: number;
  readonly jitter: number;
}

/** A run with all that happens to it from outside, as data: the same scenario is always the same run. */
export interface Scenario {
  readonly graph: GraphDocument;
  /** By the step's number, then by attempt; the last one holds for all further attempts. */
  readonly behaviours: readonly (readonly Behaviour[])[];
  /** Inputs that no attempt of the run gives: commands, and reports and timers that come at the wrong time. */
  readonly extras: readonly { readonly at: number; readonly input: Input }[];
}

type Kind = "needs" | "after";

/** One step before numbering: its parents modulo its index; null is a step that shrinking took out. */
interface Row {
  readonly parents: readonly (readonly [number, Kind])[];
  readonly behaviours: readonly Behaviour[];
  readonly attempts: number;
  readonly backoffSeconds: number;
  readonly timeoutSeconds: number | undefined;
  readonly onInterrupted: "retry" | "fail" | undefined;
}

/** Two of them are more than an attempt takes. */
const long = "x".repeat(40_000);

/** Few different times, so that much happens at once. */
const shortMs = fc.constantFrom(0, 1, 5, 10, 20, 50);

const behaviours: fc.Arbitrary<Behaviour> = fc.record({
  ends: fc.oneof(
    { weight: 12, arbitrary: fc.constant("succeeds" as const) },
    { weight: 3, arbitrary: fc.constant("fails" as const) },
    { weight: 1, arbitrary: fc.constantFrom("failsForGood" as const, "hangs" as const) },
  ),
  tells: fc.boolean(),
  afterMs: shortMs,
  stopped: fc.constantFrom("fails", "succeeds", "ignoresIt"),
  stopsAfterMs: shortMs,
  jitter: fc.constantFrom(0, 0.25, 0.999),
});

const rows: fc.Arbitrary<Row> = fc.record({
  parents: fc.array(fc.tuple(fc.nat(), fc.constantFrom<Kind>("needs", "needs", "after")), { maxLength: 4 }),
  behaviours: fc.array(behaviours, { minLength: 1, maxLength: 3 }),
  attempts: fc.constantFrom(1, 1, 2, 3, 5),
  backoffSeconds: fc.constantFrom(0, 0.01, 0.02),
  timeoutSeconds: fc.constantFrom(undefined, undefined, undefined, undefined, 0.005, 0.03),
  onInterrupted: fc.constantFrom(undefined, "retry", "fail"),
});

/**
 * Runs of any DAG of 1 to `stepsMax` steps, with anything that can happen to them. A row holds a step with its edges and its
 * behaviour, and rows keep their places while others are taken out; so a failing scenario shrinks step by step and edge by
 * edge. `isCalm` leaves out cancels and deadlines, so that runs end by themselves.
 */
export function scenarios(
  options: { readonly stepsMax?: number; readonly isCalm?: boolean } = {},
): fc.Arbitrary<Scenario> {
  const { stepsMax = 60, isCalm = false } = options;
  return fc
    .record({
      table: fc.array(fc.option(rows), { minLength: 1, maxLength: stepsMax, size: "medium" }),
      concurrency: fc.constantFrom(undefined, 1, 2, 3, 1_000),
      maxRunSeconds: isCalm ? fc.constant(undefined) : fc.constantFrom(...times(8, undefined), 0.02, 0.1),
      notify: fc.oneof(fc.constant(undefined), fc.constantFrom(...notifies)),
      strays: fc.array(strays, { maxLength: 12 }),
      sends: fc.oneof(
        fc.constant([]),
        fc.array(sends, { maxLength: 8 }),
        fc.array(sends, { maxLength: 40, size: "max" }),
      ),
      recoveries: isCalm ? fc.constant([]) : fc.oneof(fc.constant([]), fc.array(recoveries, { maxLength: 4 })),
      endings: isCalm ? fc.constant([]) : fc.oneof(...times(3, fc.constant([])), fc.array(endings, { maxLength: 4 })),
    })
    .map(
      ({
        table,
        concurrency,
        maxRunSeconds,
        notify,
        strays: stray,
        sends: sent,
        endings: ending,
        recoveries: recovery,
      }) => {
        const kept = table.flatMap((row, index) => (row === null ? [] : [{ row, index }]));
        if (kept.length === 0) kept.push({ row: lonely, index: 0 });
        const numbers = new Map(kept.map(({ index }, number) => [index, number]));
        const limits = {
          ...(concurrency === undefined ? {} : { concurrency }),
          ...(maxRunSeconds === undefined ? {} : { maxRunSeconds }),
        };
        const steps = kept.map(({ row, index }) => stepOf(row, index, numbers));
        return {
          graph: {
            name: "graph",
            objective: "Any run.",
            steps,
            limits,
            ...(notify === undefined ? {} : { notify }),
          },
          behaviours: kept.map(({ row }) => row.behaviours),
          extras: [...stray, ...sent, ...ending, ...inEpochs(recovery)].map(({ at, make }) => ({
            at,
            input: make(steps.length),
          })),
        };
      },
    );
}

const notifies: readonly GraphNotify[] = [
  { mode: "none" },
  { mode: "final" },
  { minIntervalSeconds: 0 },
  { minIntervalSeconds: 0.02 },
  { maxNotices: 0 },
  { maxNotices: 1 },
  { maxNotices: 3, minIntervalSeconds: 0 },
  { maxNotices: 2, minIntervalSeconds: 0.005 },
];

const lonely: Row = {
  parents: [],
  behaviours: [{ ends: "succeeds", tells: false, afterMs: 0, stopped: "fails", stopsAfterMs: 0, jitter: 0 }],
  attempts: 1,
  backoffSeconds: 0,
  timeoutSeconds: undefined,
  onInterrupted: undefined,
};

function stepOf(row: Row, index: number, numbers: ReadonlyMap<number, number>): StepDocument {
  const lists: Record<Kind, Set<string>> = { needs: new Set(), after: new Set() };
  for (const [number, kind] of row.parents) {
    const parent = index === 0 ? undefined : numbers.get(number % index);
    if (parent !== undefined) lists[kind].add(`s${parent}`);
  }
  const id = `s${numbers.get(index)}`;
  const { attempts, backoffSeconds, timeoutSeconds, onInterrupted } = row;
  return {
    id,
    task: id,
    ...(lists.needs.size === 0 ? {} : { needs: [...lists.needs] }),
    ...(lists.after.size === 0 ? {} : { after: [...lists.after] }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(onInterrupted === undefined ? {} : { onInterrupted }),
    ...(attempts === 1 ? {} : { retry: { attempts, ...(backoffSeconds === 0 ? {} : { backoffSeconds }) } }),
  };
}

/** Why an attempt failed, as executors say it. */
export function failureOf(kind: Failure["kind"], isFinal = false): Failure {
  return { kind, message: `It ended: ${kind}.`, ...(isFinal ? { final: true } : {}) };
}

interface Extra {
  readonly at: number;
  readonly make: (steps: number) => Input;
}

const strays: fc.Arbitrary<Extra> = fc
  .tuple(shortMs, fc.nat(), fc.constantFrom(1, 1, 1, 2, 0, 3), fc.nat({ max: 7 }), fc.constantFrom(true, true, false))
  .map(([at, number, attempt, choice, isKnown]): Extra => {
    const make = (steps: number): Input =>
      strayInput(isKnown ? `s${number % steps}` : `stranger-${number}`, attempt, choice);
    return { at, make };
  });

/** Messages to any step, some of them once more, or under a key that is taken. */
const sends: fc.Arbitrary<Extra> = fc
  .tuple(
    shortMs,
    fc.nat(),
    fc.constantFrom<"steer" | "follow_up">("steer", "follow_up"),
    fc.oneof({ weight: 8, arbitrary: fc.constantFrom("Hurry.", "Look.") }, { weight: 1, arbitrary: fc.constant(long) }),
    fc.constantFrom(undefined, undefined, "k1", "k2"),
  )
  .map(([at, number, channel, text, key]): Extra => {
    const named = key === undefined ? {} : { key };
    return { at, make: (steps) => ({ type: "message.send", step: `s${number % steps}`, channel, text, ...named }) };
  });

const endings: fc.Arbitrary<Extra> = fc
  .tuple(fc.oneof(shortMs, fc.nat({ max: 150 })), fc.constantFrom("cancel", "force", "expire"))
  .map(([at, how]): Extra => {
    const input: Input =
      how === "expire" ? { type: "run.expire" } : { type: "run.cancel", reason: "Enough.", force: how === "force" };
    return { at, make: () => input };
  });

interface Lost {
  readonly at: number;
  /** Counts the owners on; 0 names one that has been already. */
  readonly counts: number;
  /** Every so manieth step can be resumed; 0 for none. */
  readonly resumes: number;
}

/** The process is lost, and another one takes the run over: after a while, or long after the run's deadline. */
const recoveries: fc.Arbitrary<Lost> = fc.record({
  at: fc.oneof({ weight: 6, arbitrary: shortMs }, { weight: 1, arbitrary: fc.constant(200_000_000) }),
  counts: fc.constantFrom(1, 1, 1, 1, 0),
  resumes: fc.constantFrom(0, 0, 1, 2),
});

/** One owner after the other, in the order of time. */
function inEpochs(lost: readonly Lost[]): Extra[] {
  let epoch = 1;
  return lost
    .toSorted((one, other) => one.at - other.at)
    .map(({ at, counts, resumes }) => {
      epoch += counts;
      const next = epoch;
      return { at, make: (steps) => recoverInput(next, resumes, steps) };
    });
}

function recoverInput(epoch: number, resumes: number, steps: number): Input {
  const ids = Array.from({ length: steps }, (_, number) => `s${number}`);
  const resumable = resumes === 0 ? [] : ids.filter((_id, number) => number % resumes === 0);
  return { type: "run.recover", owner: { host: "there", pid: epoch, processStart: "2" }, epoch, places: [], resumable };
}

function times<T>(count: number, value: T): T[] {
  return Array.from({ length: count }, () => value);
}

/** Reports and timers that may be true, stale, doubled or about a step that does not exist. */
function strayInput(step: string, attempt: number, choice: number): Input {
  switch (choice) {
    case 0:
      return { type: "step.progress", step, attempt, report: { kind: "note", message: "Still here." } };
    case 1:
      return { type: "step.succeed", step, attempt, output: { value: "stray" } };
    case 2:
      return { type: "step.fail", step, attempt, failure: failureOf("thrown"), jitter: 0.5 };
    case 3:
      return { type: "step.timeOut", step, attempt };
    case 4:
      return { type: "step.retry", step, attempt };
    case 5:
      return { type: "diagnostic.record", code: `code-${attempt}`, severity: severityOf(attempt), message: step, step };
    case 6:
      return { type: "message.report", step, attempt, message: 1 + attempt, outcome: "consumed" };
    default:
      return { type: "diagnostic.record", code: `code-${attempt}`, severity: severityOf(attempt), message: step };
  }
}

function severityOf(number: number): "info" | "warning" | "error" {
  return number % 3 === 0 ? "error" : number % 3 === 1 ? "warning" : "info";
}
