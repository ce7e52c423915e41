import * as fc from "fast-check";
import type { GraphDocument } from "../../src/domain/graph-document.ts";
import type { limits } from "../../src/domain/limits.ts";
import { scenarios } from "../support/run-arbitrary.ts";
import type { Behaviour } from "../support/run-arbitrary.ts";

/** How much goes wrong, in a hundred; all of it ends before the world is asked to come to its end, but for the checkpoints. */
export interface Faults {
  /** What the journal takes at most for each half of an answer. */
  delayMsMax: number;
  busy: number;
  failing: number;
  reading: number;
  /** Checkpoints that are lost, stale, damaged, or another run's. */
  checkpoints: number;
  sweeping: number;
}

/** Limits that are made small enough to be reached. */
export type SmallLimits = Pick<
  Readonly<Record<keyof typeof limits, number>>,
  | "readCommitsMax"
  | "batchInputsMax"
  | "checkpointEventsMin"
  | "receiptEventsMax"
  | "interruptionsMax"
  | "inboxMessagesMax"
>;

export type Act =
  | "start"
  | "cancel"
  | "wait"
  | "read"
  | "watch"
  | "look"
  | "fork"
  | "cleanup"
  | "message"
  | "recover"
  | "resume"
  | "crash"
  | "restart"
  | "close"
  | "suspend"
  | "jump";

/** What somebody does at some time; `number` says how, each act in its own way. */
export interface Action {
  readonly at: number;
  readonly act: Act;
  readonly process: number;
  readonly run: number;
  readonly number: number;
}

export interface SimulatedGraph {
  readonly graph: GraphDocument;
  readonly behaviours: readonly (readonly Behaviour[])[];
}

/** Everything that happens in a simulated world, as data: the same scenario is always the same history. */
export interface WorldScenario {
  /** Of delays, faults, and the order of what happens at once. */
  readonly seed: number;
  readonly processes: number;
  /** Whether no process can look at another one, so that leases alone tell. */
  readonly isFarApart: boolean;
  readonly skewMsMax: number;
  readonly faults: Faults;
  readonly limits: SmallLimits;
  readonly liveRunsMax: number;
  /** How many times longer all work takes than its behaviour says. */
  readonly pace: number;
  /** Every so manieth step can go on with an interrupted attempt; 0 for none. */
  readonly resumes: number;
  readonly graphs: readonly SimulatedGraph[];
  readonly actions: readonly Action[];
  /** Whether the processes that are left die in the end, or lose their runs to another one by force. */
  readonly endsInCrash: boolean;
}

const often = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);

const faults: fc.Arbitrary<Faults> = fc.record({
  delayMsMax: fc.constantFrom(0, 1, 3, 10, 40),
  busy: fc.constantFrom(...often(4, 0), 5, 30),
  failing: fc.constantFrom(...often(6, 0), 1, 4),
  reading: fc.constantFrom(...often(6, 0), 1, 4),
  checkpoints: fc.constantFrom(0, 20, 60),
  sweeping: fc.constantFrom(0, 0, 20),
});

const smallLimits: fc.Arbitrary<SmallLimits> = fc.record({
  readCommitsMax: fc.constantFrom(512, 1, 2, 5),
  batchInputsMax: fc.constantFrom(1_024, 1_024, 1, 2),
  checkpointEventsMin: fc.constantFrom(5_000, 1, 4, 10),
  receiptEventsMax: fc.constantFrom(100, 1),
  interruptionsMax: fc.constantFrom(100, 100, 1, 2),
  inboxMessagesMax: fc.constantFrom(10_000, 10_000, 1),
});

const acts: readonly Act[] = [
  ...often<Act>(5, "start"),
  ...often<Act>(4, "crash"),
  ...often<Act>(5, "restart"),
  ...often<Act>(3, "cancel"),
  ...often<Act>(3, "resume"),
  ...often<Act>(4, "fork"),
  ...often<Act>(3, "wait"),
  ...often<Act>(3, "read"),
  ...often<Act>(2, "watch"),
  ...often<Act>(2, "suspend"),
  ...often<Act>(2, "cleanup"),
  ...often<Act>(12, "message"),
  "look",
  "recover",
  "close",
  "jump",
];

const action: fc.Arbitrary<Action> = fc.record({
  at: fc.oneof(fc.constantFrom(0, 1, 5, 20, 50), fc.nat({ max: 400 }), fc.nat({ max: 400 }), fc.nat({ max: 3_000 })),
  act: fc.constantFrom(...acts),
  process: fc.nat({ max: 2 }),
  run: fc.constantFrom(0, 0, 0, 1, 2, 3, 4),
  number: fc.nat({ max: 1_000 }),
});

const graph: fc.Arbitrary<SimulatedGraph> = fc
  .record({ scenario: scenarios({ stepsMax: 7 }), retentionSeconds: fc.constantFrom(...often(6, undefined), 0.05, 2) })
  .map(({ scenario: { graph: document, behaviours }, retentionSeconds }) => ({
    graph: {
      ...document,
      limits: { ...document.limits, ...(retentionSeconds === undefined ? {} : { retentionSeconds }) },
    },
    behaviours,
  }));

export const worldScenarios: fc.Arbitrary<WorldScenario> = fc
  .record({
    seed: fc.nat({ max: 2 ** 31 - 1 }),
    processes: fc.constantFrom(1, 2, 2, 3),
    isFarApart: fc.boolean(),
    skewMsMax: fc.constantFrom(0, 0, 30, 20_000),
    faults,
    limits: smallLimits,
    liveRunsMax: fc.constantFrom(100, 100, 100, 1, 2),
    pace: fc.constantFrom(1, 1, 4, 20),
    resumes: fc.constantFrom(0, 0, 1, 2),
    graphs: fc.array(graph, { minLength: 1, maxLength: 2 }),
    actions: fc.array(action, { minLength: 1, maxLength: 50, size: "max" }),
    endsInCrash: fc.boolean(),
  })
  .map((scenario) => ({
    ...scenario,
    // Something always runs.
    actions: [
      { at: 0, act: "start" as const, process: 0, run: 0, number: 0 },
      ...scenario.actions.toSorted((one, other) => one.at - other.at),
    ],
    graphs: scenario.graphs.map(({ graph, behaviours }, number) => ({
      graph: { ...graph, name: `graph-${number}` },
      behaviours,
    })),
  }));
