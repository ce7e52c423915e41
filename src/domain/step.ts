import type { RetryDocument, StepDocument } from "./graph-document.ts";
import type { TaskBinding } from "./graph.ts";
import type { StepId } from "./ids.ts";
import type { Jsonified } from "./jsonified.ts";
import type { Ended, Work } from "./work.ts";
import { workDocumentOf } from "./work.ts";

/** A step as a value: others name it in `needs` and `after`, so a cycle cannot be written, and its output keeps its type. */
export interface Step<Output = unknown> {
  readonly id: StepId;
  readonly document: StepDocument;
  readonly binding: TaskBinding | undefined;
  /** The steps that it depends on, each once. */
  readonly dependencies: readonly Step[];
  /** Types alone; never set. */
  readonly output?: Output;
}

type Steps = Readonly<Record<string, Step>>;
/** The type of a step's output. */
export type OutputOf<S> = S extends Step<infer Output> ? Output : never;
export type Outputs<S extends Steps> = { readonly [Name in keyof S]: OutputOf<S[Name]> };
export type Endings<S extends Steps> = { readonly [Name in keyof S]: Ended<OutputOf<S[Name]>> };

export interface StepOptions<Needs extends Steps, After extends Steps, Output> {
  /** Steps that must have succeeded, by the name under which the task knows them. */
  readonly needs?: Needs;
  /** Steps that must have ended, however. */
  readonly after?: After;
  readonly run: Work<Outputs<Needs>, Endings<After>, Output>;
  /** Relative to the runtime's root, which it must not leave. Default: the root. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** For one attempt, in seconds, fractions allowed. Default: the graph's `stepTimeoutSeconds`. */
  readonly timeoutSeconds?: number;
  /** Default: one attempt. */
  readonly retry?: RetryDocument;
  readonly onInterrupted?: "retry" | "fail";
}

// oxlint-disable-next-line typescript/no-generated-empty-object-type -- a step without dependencies has just that
type NoSteps = Readonly<Record<never, Step>>;

/**
 * Defines a step. What is wrong with it is said by `defineGraph`, together with all else.
 *
 * Its output travels as JSON, so its type is not what the work returns, but what JSON makes of that: a `Date` is a string to
 * those that need the step, and nothing is `null`.
 */
export function step<Output, const Needs extends Steps = NoSteps, const After extends Steps = NoSteps>(
  id: StepId,
  options: StepOptions<Needs, After, Output>,
): Step<Jsonified<Awaited<Output>>> {
  const { needs = {}, after = {}, run, cwd, env, timeoutSeconds, retry, onInterrupted } = options;
  const needIds = idsOf(needs);
  const afterIds = idsOf(after);
  const work = workDocumentOf(run);
  const document: StepDocument = {
    id,
    ...(work ?? { task: id }),
    ...(needIds.length === 0 ? {} : { needs: needIds }),
    ...(afterIds.length === 0 ? {} : { after: afterIds }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(env === undefined ? {} : { env }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    ...(retry === undefined ? {} : { retry }),
    ...(onInterrupted === undefined ? {} : { onInterrupted }),
  };
  const binding: TaskBinding | undefined =
    work === undefined ? { call: run, needs: namesOf(needs), after: namesOf(after) } : undefined;
  return { id, document, binding, dependencies: [...new Set([...stepsOf(needs), ...stepsOf(after)])] };
}

function stepsOf(steps: Steps): readonly Step[] {
  return Object.values(steps);
}

function idsOf(steps: Steps): StepId[] {
  return [...new Set(stepsOf(steps).map((named) => named.id))];
}

function namesOf(steps: Steps): ReadonlyMap<string, StepId> {
  return new Map(Object.entries<Step>(steps).map(([name, named]) => [name, named.id]));
}
