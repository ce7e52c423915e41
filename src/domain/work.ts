import type { AgentDocument } from "./agent.ts";
import type { StepDocument } from "./graph-document.ts";
import type { TaskContext } from "./graph.ts";
import type { StepId } from "./ids.ts";
import { RunfoldError } from "./errors.ts";
import type { Failure } from "./failure.ts";
import type { CommandOutput } from "./output.ts";

/**
 * What a step runs, with the types of what it takes and gives. Made by {@link command}, {@link shell}, {@link agent},
 * {@link task} and {@link registeredTask}.
 *
 * It is a bare function type for a reason: TypeScript defers a generic call that returns a function until it knows the types
 * around it, and only so does the function inside `task(…)` get its types from the `needs` beside it.
 */
export type Work<Needs, After, Output> = (needs: Needs, context: TaskContext<After>) => Output | Promise<Output>;

export type WorkDocument = Pick<StepDocument, "command" | "shell" | "task" | "agent" | "parser">;

/** What works that are not functions of this process look like in a graph's document. */
const documents = new WeakMap<object, WorkDocument>();

/** How a work stands in a document; undefined for a function of this process. */
export function workDocumentOf(work: Work<never, never, unknown>): WorkDocument | undefined {
  return documents.get(work);
}

function described<Output>(document: WorkDocument): Work<unknown, unknown, Output> {
  // A function of its own for each work: they are told apart by identity.
  const work = (): never => {
    throw new RunfoldError("invariant.broken", `A work that an executor runs was called: ${JSON.stringify(document)}`);
  };
  documents.set(work, document);
  return work;
}

/** How to read what a command writes that runs an agent program once. */
export interface ParserOptions {
  /**
   * `claude`, `codex`, `gemini`, `opencode`, `pi-json` or `text`; `docs/graph-format.md` says with which arguments each program is
   * started. A run of a step with an unknown name does not start.
   */
  readonly parser: string;
}

/**
 * Runs a program, without a shell. Succeeds when it exits with code 0.
 *
 * The program is looked up on the step's PATH. It gets an empty stdin, a short list of the parent's environment variables,
 * the step's own `env`, and the outputs of the steps that it depends on as `RUNFOLD_INPUT_<ID>_FILE` and, up to 64 KiB,
 * `RUNFOLD_INPUT_<ID>`.
 *
 * With a `parser` the program is an agent's: it succeeds when it says so and exits with code 0, and the output is the text of
 * its final answer.
 */
export function command(program: string, args?: readonly string[]): Work<unknown, unknown, CommandOutput>;
export function command(
  program: string,
  args: readonly string[],
  options: ParserOptions,
): Work<unknown, unknown, string>;
export function command(
  program: string,
  args: readonly string[] = [],
  options?: ParserOptions,
): Work<unknown, unknown, unknown> {
  return described({ command: [program, ...args], ...parserOf(options) });
}

/** Runs a script with `/bin/sh -c`; otherwise as {@link command}. Never paste untrusted text into the script: pass it in `env`. */
export function shell(script: string): Work<unknown, unknown, CommandOutput>;
export function shell(script: string, options: ParserOptions): Work<unknown, unknown, string>;
export function shell(script: string, options?: ParserOptions): Work<unknown, unknown, unknown> {
  return described({ shell: script, ...parserOf(options) });
}

function parserOf(options: ParserOptions | undefined): Partial<ParserOptions> {
  return options === undefined ? {} : { parser: options.parser };
}

/**
 * Has an agent do a task, through an agent program that the runtime has an executor for. The output is the text of its final
 * answer. What the agent may use is bounded by the graph's `authority`.
 */
export function agent(document: AgentDocument): Work<unknown, unknown, string> {
  return described({ agent: document });
}

/**
 * Runs a function of this process. What it returns, as JSON, is the step's output; a throw or a rejection is its failure, and
 * so is a value that JSON would empty or change in silence: a `Map`, `NaN`, a function. An instance of a class gives its own
 * enumerable properties, unless it has a `toJSON`.
 *
 * The function gets the outputs of `needs` by local name, typed by their steps, and a {@link TaskContext}. It must watch
 * `signal`: a function cannot be stopped from outside, and one that goes on after its grace is given up, not ended.
 */
export function task<Needs, After, Output>(
  call: (needs: Needs, context: TaskContext<After>) => Output | Promise<Output>,
): Work<Needs, After, Output> {
  return call;
}

/** Runs a function that the runtime knows by name (`openRuntime({ tasks })`), as graphs from JSON do. */
export function registeredTask<Output = unknown>(name: string): Work<unknown, unknown, Output> {
  return described({ task: name });
}

/** How a step of `after` ended, as a task sees it. */
export type Ended<Output> =
  | { readonly step: StepId; readonly status: "succeeded"; readonly output: Output }
  | {
      readonly step: StepId;
      readonly status: "failed" | "blocked" | "timedOut" | "canceled";
      readonly output?: undefined;
      /** Why, in words. */
      readonly message: string;
      /** The facts, where an attempt failed. */
      readonly failure?: Failure;
    };
