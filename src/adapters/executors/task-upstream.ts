import type { TaskBinding } from "../../domain/graph.ts";
import type { Failure } from "../../domain/failure.ts";
import type { StepId } from "../../domain/ids.ts";
import type { Json } from "../../domain/json.ts";
import { limits } from "../../domain/limits.ts";
import type { SpilledPart } from "../../domain/output.ts";
import type { StepStatus } from "../../domain/status.ts";
import { loadOutput, spilledBytes } from "../../domain/stored-output.ts";
import type { Attempt, AttemptResult, Upstream } from "../../ports/executor.ts";
import { describe, failedTask } from "./task-failure.ts";

/** What a task gets of the steps before it, by the names under which it knows them. */
export interface UpstreamValues {
  /** A record of outputs. To the engine a task's parameters are `never`: only the author of the graph knows their types. */
  readonly needs: never;
  /** A record of {@link UpstreamEnd}. */
  readonly after: never;
}

/** How a step of `after` ended. */
interface UpstreamEnd {
  readonly step: StepId;
  readonly status: StepStatus;
  readonly output?: Json;
  /** Why it did not succeed, in words; `failure` has the facts. */
  readonly message?: string;
  readonly failure?: Failure;
}

/** Shared by all tasks that depend on nothing, so it cannot be changed. */
export const noUpstream = asValues(Object.freeze({}), Object.freeze({}));

/**
 * The values for a task, each a copy of its own. Only outputs that lie in artifacts make the caller wait; together they are
 * bounded. Instead of the values comes a failure when they are too large, or cannot be read.
 */
export function upstreamValues(
  attempt: Attempt,
  binding: TaskBinding,
): UpstreamValues | AttemptResult | Promise<UpstreamValues | AttemptResult> {
  let bytes = 0;
  for (const { step, output } of attempt.upstream) {
    if (output?.spilled === undefined) continue;
    bytes += spilledBytes(output);
    if (bytes > limits.loadedOutputBytesMax) return tooLarge(step);
  }
  return bytes === 0 ? assemble(attempt, binding, () => "") : fetchAndAssemble(attempt, binding);
}

async function fetchAndAssemble(attempt: Attempt, binding: TaskBinding): Promise<UpstreamValues | AttemptResult> {
  const texts = new Map<SpilledPart, string>();
  for (const { step, output } of attempt.upstream) {
    try {
      for (const part of output?.spilled ?? []) texts.set(part, await readText(attempt, part));
    } catch (error) {
      return failedTask("launch", `The output of step ${step} cannot be read: ${describe(error)}`, true);
    }
  }
  try {
    return assemble(attempt, binding, (part) => texts.get(part) ?? "");
  } catch (error) {
    return failedTask("launch", `An output of the steps before it cannot be read: ${describe(error)}`, true);
  }
}

function assemble(attempt: Attempt, binding: TaskBinding, textOf: TextOf): UpstreamValues {
  const { upstream, step } = attempt;
  return asValues(
    named(binding.needs ?? step.needs, upstream, valueOf, textOf),
    named(binding.after ?? step.after, upstream, endOf, textOf),
  );
}

type TextOf = (part: SpilledPart) => string;

function valueOf({ output }: Upstream, textOf: TextOf): Json | undefined {
  return output && loadOutput(output, textOf);
}

function endOf(upstream: Upstream, textOf: TextOf): UpstreamEnd {
  const { step, status, failure } = upstream;
  const output = valueOf(upstream, textOf);
  if (output !== undefined) return { step, status, output };
  return { step, status, message: failure?.message ?? status, ...(failure === undefined ? {} : { failure }) };
}

function asValues(
  needs: Readonly<Record<string, Json | undefined>>,
  after: Readonly<Record<string, UpstreamEnd>>,
): UpstreamValues {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see UpstreamValues.needs
  return { needs: needs as never, after: after as never };
}

/** `names` are pairs of local name and step, or just steps, which are then their own names. */
function named<Value>(
  names: ReadonlyMap<string, StepId> | readonly StepId[] | undefined,
  upstream: readonly Upstream[],
  make: (upstream: Upstream, textOf: TextOf) => Value,
  textOf: TextOf,
): Record<string, Value> {
  if (names === undefined || sizeOf(names) === 0) return empty;
  // Without a prototype, so that no name means anything but itself; and such an object takes ever new names at once, where an
  // ordinary one makes V8 keep a hidden class for each set of names that it ever saw.
  const values: Record<string, Value> = Object.create(null);
  let next = 0;
  const add = (step: StepId, name: string): void => {
    // Upstream comes in the order of the names, so the one after the last hit is nearly always it.
    if (upstream[next]?.step !== step) next = upstream.findIndex((candidate) => candidate.step === step);
    if (next >= 0) values[name] = make(upstream[next]!, textOf);
    next++;
  };
  if (isList(names)) for (const step of names) add(step, step);
  else names.forEach(add);
  return values;
}

/** Shared by all that depend on nothing, so it cannot be changed. */
const empty: Record<string, never> = Object.freeze(Object.create(null));

function sizeOf(names: ReadonlyMap<string, StepId> | readonly StepId[]): number {
  return isList(names) ? names.length : names.size;
}

function isList(names: ReadonlyMap<string, StepId> | readonly StepId[]): names is readonly StepId[] {
  return Array.isArray(names);
}

async function readText(attempt: Attempt, part: SpilledPart): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of attempt.readArtifact(part.artifact)) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

function tooLarge(step: StepId): AttemptResult {
  const maxMiB = limits.loadedOutputBytesMax / 1024 / 1024;
  return failedTask(
    "output",
    `The outputs that this task needs exceed ${maxMiB} MiB together; the output of step ${step} goes beyond it.`,
    true,
  );
}
