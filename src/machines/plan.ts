import type { GraphDocument, StepDocument } from "../domain/graph-document.ts";
import { brokenInvariant } from "../domain/errors.ts";
import type { StepId } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { NoticeMode } from "../domain/notice.ts";
import { StepNumbers } from "./step-numbers.ts";

/**
 * A graph as the machines use it: steps by their number in declared order, edges as flat arrays.
 *
 * Built once a run, in time linear in steps and edges. Plain arrays indexed by number stay constant per event where objects
 * keyed by id do not.
 */
export interface Plan {
  readonly graph: GraphDocument;
  readonly name: string;
  readonly objective: string;
  readonly steps: readonly StepDocument[];
  /** What starting a step asks for, apart from the documents: those are of many shapes, and lie all over the memory. */
  readonly ids: readonly StepId[];
  readonly timeoutsMs: Float64Array;
  readonly numberOf: StepNumbers;
  readonly concurrency: number;
  readonly runMs: number;
  readonly retentionMs: number | undefined;
  readonly notices: NoticePlan;
  /** Dependencies of each step: those it needs, those it comes after. */
  readonly needs: Edges;
  readonly after: Edges;
  /** The same edges backwards: who needs, and who comes after, each step; in declared order. */
  readonly neededBy: Edges;
  readonly followedBy: Edges;
  /** Numbers of the steps that no other step names, in declared order. */
  readonly sinks: readonly number[];
}

/** What a graph says of its notices. */
export interface NoticePlan {
  readonly mode: NoticeMode;
  /** How many milestones a run queues; its end does not count. */
  readonly noticesMax: number;
  /** Between two milestones. */
  readonly intervalMs: number;
}

/** Adjacency lists in two arrays: the targets of `from` are `targets[offsets[from]]` up to `targets[offsets[from + 1]]`. */
export interface Edges {
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
}

/** The plan of a graph; the same one for the same document, which several folds of one run ask for. */
export function planOf(graph: GraphDocument): Plan {
  const known = plans.get(graph);
  if (known !== undefined) return known;
  const plan = compilePlan(graph);
  plans.set(graph, plan);
  return plan;
}

const plans = new WeakMap<GraphDocument, Plan>();

function compilePlan(graph: GraphDocument): Plan {
  const { steps } = graph;
  const ids = steps.map(({ id }) => id);
  const numberOf = new StepNumbers(ids);
  const timeoutSeconds = graph.limits?.stepTimeoutSeconds ?? limits.stepTimeoutSecondsDefault;
  const needs = edgesOf(steps, numberOf, (step) => step.needs);
  const after = edgesOf(steps, numberOf, (step) => step.after);
  const neededBy = reversed(needs);
  const followedBy = reversed(after);
  const sinks: number[] = [];
  for (let number = 0; number < steps.length; number++) {
    if (degree(neededBy, number) === 0 && degree(followedBy, number) === 0) sinks.push(number);
  }
  const retentionSeconds = graph.limits?.retentionSeconds;
  return {
    graph,
    name: graph.name,
    objective: graph.objective,
    steps,
    ids,
    timeoutsMs: Float64Array.from(steps, (step) => milliseconds(step.timeoutSeconds ?? timeoutSeconds)),
    numberOf,
    concurrency: graph.limits?.concurrency ?? limits.concurrencyDefault,
    runMs: milliseconds(graph.limits?.maxRunSeconds ?? limits.runSecondsDefault),
    retentionMs: retentionSeconds === undefined ? undefined : milliseconds(retentionSeconds),
    notices: noticePlanOf(graph),
    needs,
    after,
    neededBy,
    followedBy,
    sinks,
  };
}

function noticePlanOf({ notify }: GraphDocument): NoticePlan {
  return {
    mode: notify?.mode ?? "milestones",
    noticesMax: notify?.maxNotices ?? limits.notifyNoticesDefault,
    intervalMs: Math.round((notify?.minIntervalSeconds ?? limits.notifyIntervalSecondsDefault) * 1_000),
  };
}

/** Whether no other step names it. */
export function isSink({ neededBy, followedBy }: Plan, step: number): boolean {
  return degree(neededBy, step) === 0 && degree(followedBy, step) === 0;
}

export function degree(edges: Edges, from: number): number {
  return edges.offsets[from + 1]! - edges.offsets[from]!;
}

/** Whole milliseconds, never 0: a deadline lies after its start. */
export function milliseconds(seconds: number): number {
  return Math.max(1, Math.round(seconds * 1_000));
}

function edgesOf(
  steps: readonly StepDocument[],
  numberOf: StepNumbers,
  listOf: (step: StepDocument) => readonly StepId[] | undefined,
): Edges {
  const offsets = new Int32Array(steps.length + 1);
  for (let number = 0; number < steps.length; number++) {
    offsets[number + 1] = offsets[number]! + (listOf(steps[number]!)?.length ?? 0);
  }
  const targets = new Int32Array(offsets[steps.length]!);
  let next = 0;
  for (const step of steps) {
    for (const id of listOf(step) ?? []) {
      const target = numberOf.get(id);
      if (target === undefined) throw brokenInvariant(`step ${step.id} depends on a step of the graph, not on ${id}`);
      targets[next++] = target;
    }
  }
  return { offsets, targets };
}

/** Counting sort by target: linear, and the sources of each target stay in declared order. */
function reversed({ offsets, targets }: Edges): Edges {
  const back = new Int32Array(offsets.length);
  for (const target of targets) back[target + 1]!++;
  for (let number = 1; number < back.length; number++) back[number]! += back[number - 1]!;
  const sources = new Int32Array(targets.length);
  const next = back.slice();
  for (let from = 0; from + 1 < offsets.length; from++) {
    for (let edge = offsets[from]!; edge < offsets[from + 1]!; edge++) sources[next[targets[edge]!]!++] = from;
  }
  return { offsets: back, targets: sources };
}
