import type { Commit } from "../../src/domain/commit.ts";
import { MessageLaws } from "./message-laws.ts";
import type { Event, StepEvent } from "../../src/domain/events.ts";
import type { GraphDocument, StepDocument } from "../../src/domain/graph-document.ts";

const terminal = new Set(["step.succeeded", "step.failed", "step.timedOut", "step.canceled", "step.blocked"]);
/** Events that begin or end something; diagnostics, artifacts and progress only tell. */
const telling = new Set(["diagnostic.recorded", "artifact.stored", "step.progressed", "run.cleaned"]);

/**
 * Every law that a journal breaks, as sentences. Looks at the events alone, whoever made them.
 */
export function brokenLaws(graph: GraphDocument, commits: readonly Commit[]): string[] {
  const laws = new Laws(graph);
  let position = 0;
  for (const commit of commits) {
    if (commit.events.length === 0) laws.break(`the commit at ${commit.position} is empty`);
    position += commit.events.length;
    if (commit.position !== position) laws.break(`a commit says position ${commit.position} and ends at ${position}`);
    for (const event of commit.events) laws.see(event);
    laws.committed(commit);
  }
  return laws.broken;
}

class Laws {
  readonly broken: string[] = [];
  #steps: ReadonlyMap<string, StepDocument> = new Map();
  #slots = 0;
  readonly #ends = new Map<string, string>();
  readonly #attempts = new Map<string, number>();
  readonly #running = new Set<string>();
  readonly #stopping = new Set<string>();
  /** Attempts of a step that were lost with their process, and so are none of those that its policy counts. */
  readonly #lost = new Map<string, number>();
  /** Steps that this commit has blocked, with whom they name for it. */
  readonly #blocked: { readonly step: StepDocument; readonly by: readonly string[] }[] = [];
  readonly #messages = new MessageLaws((law) => this.break(law));
  #isStarted = false;
  #isSettled = false;

  constructor(graph: GraphDocument) {
    this.#follow(graph);
  }

  break(law: string): void {
    this.broken.push(law);
  }

  see(event: Event): void {
    if ((event.type === "run.started") === this.#isStarted) this.break(`${event.type} at the wrong place for a start`);
    this.#isStarted = true;
    if (event.type === "run.forked" && event.graph !== undefined) this.#follow(event.graph);
    if (this.#isSettled && (event.type === "step.progressed" || !telling.has(event.type))) {
      this.break(`${event.type} after the run was settled`);
    }
    if (event.type === "run.settled") {
      this.#isSettled = true;
      if (this.#ends.size < this.#steps.size) this.break("the run was settled before all its steps had ended");
    }
    this.#messages.see(event);
    if (isOfStep(event)) this.#seeStep(event, event.step);
  }

  committed(commit: Commit): void {
    for (const { step, by } of this.#blocked.splice(0)) {
      const inOrder = this.#culpritsOf(step).filter((culprit) => by.includes(culprit));
      if (inOrder.join() !== by.join()) this.break(`${step.id} says it is blocked by ${by.join()}`);
    }
    if (this.#ends.size === this.#steps.size && !this.#isSettled) {
      this.break(`all steps had ended at ${commit.position}, and the run was not settled with the last`);
    }
  }

  /** A fork may go on with another graph than that of its past. */
  #follow(graph: GraphDocument): void {
    this.#steps = new Map(graph.steps.map((step) => [step.id, step]));
    this.#slots = graph.limits?.concurrency ?? 6;
  }

  #seeStep(event: StepEvent, id: string): void {
    const step = this.#steps.get(id);
    if (step === undefined) return this.break(`${event.type} names ${id}, which the graph does not have`);
    if (this.#ends.has(id)) this.break(`${event.type} of ${id} after its ${this.#ends.get(id)}`);
    if (event.type === "step.started") this.#start(step, event.attempt);
    else if ("attempt" in event && event.attempt !== (this.#attempts.get(id) ?? 0)) {
      this.break(`${event.type} of ${id} names attempt ${event.attempt}, not the newest`);
    }
    if (event.type === "step.retryScheduled") this.#running.delete(id);
    if (event.type === "step.abortRequested") this.#stopping.add(id);
    if (event.type === "step.started" || event.type === "step.retryScheduled") this.#stopping.delete(id);
    if (event.type === "step.interrupted") this.#interrupt(id);
    if (event.type === "step.resumed") {
      if (this.#running.has(id)) this.break(`${id} was resumed while it was running`);
      this.#lost.set(id, (this.#lost.get(id) ?? 0) - 1);
      this.#running.add(id);
    }
    if ((event.type === "step.progressed" || event.type === "step.abortRequested") && !this.#running.has(id)) {
      this.break(`${event.type} of ${id}, which is not running`);
    }
    if (!terminal.has(event.type)) return;
    this.#running.delete(id);
    this.#ends.set(id, event.type);
    if (event.type === "step.blocked")
      this.#block(
        step,
        event.by.map((blocker) => blocker.step),
      );
  }

  /** An attempt that was being stopped ends as stopped, in the same commit; any other is lost. */
  #interrupt(id: string): void {
    if (!this.#running.has(id)) this.break(`${id} was interrupted, and is not running`);
    if (this.#stopping.has(id)) return;
    this.#running.delete(id);
    this.#lost.set(id, (this.#lost.get(id) ?? 0) + 1);
  }

  #start(step: StepDocument, attempt: number): void {
    const { id, needs = [], after = [], retry } = step;
    for (const need of needs) {
      if (this.#ends.get(need) !== "step.succeeded") this.break(`${id} started before ${need} had succeeded`);
    }
    for (const before of after) if (!this.#ends.has(before)) this.break(`${id} started before ${before} had ended`);
    if (attempt !== (this.#attempts.get(id) ?? 0) + 1) this.break(`${id} started attempt ${attempt} out of turn`);
    if (attempt - (this.#lost.get(id) ?? 0) > (retry?.attempts ?? 1))
      this.break(`${id} started attempt ${attempt}, which it does not have`);
    if (this.#running.has(id)) this.break(`${id} started while it was running`);
    this.#attempts.set(id, attempt);
    this.#running.add(id);
    if (this.#running.size > this.#slots) this.break(`${this.#running.size} steps ran in ${this.#slots} slots`);
  }

  /** Whoever has ended without success blocks; whoever ends so in the same commit may be named, before its own event comes. */
  #block(step: StepDocument, by: readonly string[]): void {
    if (by.length === 0) this.break(`${step.id} is blocked by nobody`);
    for (const culprit of this.#culpritsOf(step)) {
      if (!by.includes(culprit)) this.break(`${step.id} does not say that ${culprit} blocks it`);
    }
    this.#blocked.push({ step, by });
  }

  #culpritsOf({ needs = [] }: StepDocument): string[] {
    return needs.filter((need) => this.#ends.has(need) && this.#ends.get(need) !== "step.succeeded");
  }
}

function isOfStep(event: Event): event is StepEvent {
  return event.type.startsWith("step.");
}
