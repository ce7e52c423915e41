import { cursorAt } from "../domain/cursor.ts";
import { brokenInvariant, invariant } from "../domain/errors.ts";
import type { AgentDefinition } from "../domain/agent.ts";
import type { Event, Place, StepEvent } from "../domain/events.ts";
import type { GraphDocument } from "../domain/graph-document.ts";
import type { EpochMs, Position, RunLife, StepId } from "../domain/ids.ts";
import type { RunStatus } from "../domain/status.ts";
import { planOf } from "../machines/plan.ts";
import { addSpent, definitionsOf, lineOf, noSteps, placesOf, unstarted } from "./run-fold.ts";
import type { RunFold } from "./run-fold.ts";
import type { RunSnapshot } from "./run-snapshot.ts";
import { snapshotOf } from "./run-snapshot.ts";
import { StepTable } from "./step-list.ts";
import { nextStep, pendingStep } from "./step-snapshot.ts";
import type { StepSnapshot } from "./step-snapshot.ts";

/** All of a view but its graph and its agent definitions, as JSON. */
export interface SavedView {
  readonly run: RunFold;
  /** In declared order, each without its definition, which is the graph's. */
  readonly steps: readonly Omit<StepSnapshot, "definition">[];
}

/**
 * Folds a run's events into what people look at. Constant time an event; a snapshot is made when one is asked for, and shares
 * all that has not changed with the one before.
 */
export class RunView {
  #run: RunFold = unstarted();
  #graph: GraphDocument = { name: "", objective: "", steps: [] };
  #placeOf: ReadonlyMap<string, Place> = new Map();
  #definitionOf: ReadonlyMap<string, AgentDefinition> = new Map();
  /** The newest event, until its line is asked for: most lines never are. */
  #lastEvent: Event | undefined;
  #sinks: readonly StepId[] = [];
  #steps = new StepTable([], new Map());
  /** What each step told last and nobody has looked at yet, by its number: of most that is told, only the last is ever seen. */
  readonly #told = new Map<number, StepEvent>();
  #snapshot: RunSnapshot | undefined;

  get position(): Position {
    return this.#run.position;
  }

  /** Empty before the run's first event. */
  get life(): RunLife {
    return this.#run.life;
  }

  get status(): RunStatus {
    return this.#run.status;
  }

  /** The directory that the steps' working directories lie in. */
  get root(): string {
    return this.#run.root;
  }

  get sinks(): readonly StepId[] {
    return this.#sinks;
  }

  get steps(): Pick<StepTable, "at" | "length" | "numberOf"> {
    this.#tellAll();
    return this.#steps;
  }

  apply(event: Event, at: EpochMs): void {
    const run = this.#run;
    run.position++;
    run.updatedAt = at;
    // A notice only tells of what has happened, so it is not what happened last.
    if (event.type !== "notice.queued") this.#lastEvent = event;
    this.#snapshot = undefined;
    switch (event.type) {
      case "run.started":
        this.#begin(event, at);
        this.#regraph(event.graph);
        return;
      case "run.forked":
        this.#begin(event, at);
        if (event.graph !== undefined) this.#regraph(event.graph);
        return;
      case "run.recovered":
        run.owner = event.owner;
        run.epoch = event.epoch;
        run.places = event.places;
        this.#placeOf = placesOf(event.places);
        return;
      case "run.cancelRequested":
        run.status = "canceling";
        run.cancelReason ??= event.reason;
        return;
      case "run.expired":
        run.status = "canceling";
        return;
      case "run.settled":
        run.status = event.status;
        run.endedAt = at;
        if (event.cleanupAt !== undefined) run.cleanupAt = event.cleanupAt;
        return;
      case "run.cleaned":
        run.isCleaned = true;
        return;
      case "diagnostic.recorded":
      case "artifact.stored":
      case "notice.queued":
      case "message.sent":
      case "message.accepted":
      case "message.consumed":
      case "message.denied":
      case "message.unknown":
        return;
      default: {
        const number = this.#steps.numberOf(event.step);
        if (number === undefined) throw brokenInvariant(`an event names a step of its graph, not ${event.step}`);
        if (event.type === "step.progressed") {
          this.#told.set(number, event);
          return;
        }
        // Whatever it told is no longer the newest.
        if (this.#told.size > 0) this.#told.delete(number);
        const before = this.#steps.at(number);
        const after = nextStep(before, event, at, run.position);
        this.#steps.set(number, after);
        addSpent(run, event);
        if (after.status !== before.status) {
          run.counts[before.status]--;
          run.counts[after.status]++;
        }
      }
    }
  }

  /** @throws `invariant.broken` before the run's first event. */
  snapshot(): RunSnapshot {
    if (this.#snapshot !== undefined) return this.#snapshot;
    const run = this.#run;
    this.#tellAll();
    invariant(run.position > 0, "a snapshot is of a run that has started");
    this.#snapshot = snapshotOf({
      id: run.id,
      life: run.life,
      graph: this.#graph,
      owner: run.owner,
      epoch: run.epoch,
      status: run.status,
      position: run.position,
      cursor: cursorAt(run.id, run.life, run.position),
      startedAt: run.startedAt,
      updatedAt: run.updatedAt,
      endedAt: run.endedAt,
      deadlineAt: run.deadlineAt,
      cleanupAt: run.cleanupAt,
      cancelReason: run.cancelReason,
      isCleaned: run.isCleaned === true,
      counts: { ...run.counts },
      usage: run.usage,
      activity: this.#activity(),
      sinks: this.#sinks,
      steps: this.#steps.snapshot(),
    });
    return this.#snapshot;
  }

  /** A working directory as it was when the run started. */
  place(cwd: string | undefined): Place | undefined {
    return cwd === undefined ? undefined : this.#placeOf.get(cwd);
  }

  /** An agent definition as it was when the run started. */
  definition(ref: string | undefined): AgentDefinition | undefined {
    return ref === undefined ? undefined : this.#definitionOf.get(ref);
  }

  step(id: StepId): StepSnapshot | undefined {
    const number = this.#steps.numberOf(id);
    if (number === undefined) return undefined;
    if (this.#told.has(number)) this.#tellAll();
    return this.#steps.at(number);
  }

  /** Everything but the graph and the agent definitions. Linear in the steps. */
  save(): SavedView {
    this.#tellAll();
    const steps: SavedView["steps"][number][] = [];
    for (let number = 0; number < this.#steps.length; number++) {
      const { definition: _, ...step } = this.#steps.at(number);
      steps.push(step);
    }
    return { run: { ...this.#run, counts: { ...this.#run.counts }, activity: this.#activity() }, steps };
  }

  /** The view that gave `saved`, with the graph and the agent definitions that it had. */
  static restore(
    { run, steps }: SavedView,
    graph: GraphDocument,
    definitions: readonly AgentDefinition[] = [],
  ): RunView {
    const view = new RunView();
    view.#run = { ...run, counts: { ...run.counts } };
    view.#show(
      graph,
      // Fields that were undefined are not there after the way through JSON: they are named once more.
      graph.steps.map((definition, number) => ({ ...pendingStep(definition), ...steps[number], definition })),
    );
    view.#placeOf = placesOf(run.places);
    view.#definitionOf = definitionsOf(definitions);
    return view;
  }

  #begin(event: Extract<Event, { type: "run.started" | "run.forked" }>, at: EpochMs): void {
    const run = this.#run;
    run.id = event.run;
    run.life = event.life;
    run.root = event.root;
    run.places = event.places;
    run.owner = event.owner;
    run.epoch = event.epoch;
    run.deadlineAt = event.deadlineAt;
    run.startedAt = at;
    if (event.definitions === undefined) delete run.definitionsAt;
    else run.definitionsAt = run.position;
    this.#definitionOf = definitionsOf(event.definitions);
    this.#placeOf = placesOf(event.places);
  }

  /** What has happened to a step stays with its id; a step that is new is pending. */
  #regraph(graph: GraphDocument): void {
    const counts = noSteps();
    const steps = graph.steps.map((definition) => {
      const known = this.step(definition.id);
      const step = known === undefined ? pendingStep(definition) : { ...known, definition };
      counts[step.status]++;
      return step;
    });
    this.#run.counts = counts;
    this.#run.graphAt = this.#run.position;
    this.#show(graph, steps);
  }

  #show(graph: GraphDocument, steps: readonly StepSnapshot[]): void {
    const plan = planOf(graph);
    this.#graph = graph;
    this.#steps = new StepTable(steps, plan.numberOf);
    this.#sinks = plan.sinks.map((number) => graph.steps[number]!.id);
  }

  /** Nothing but the line of activity changes, so neither time nor position matters. */
  #tellAll(): void {
    for (const [number, event] of this.#told) {
      this.#steps.set(number, nextStep(this.#steps.at(number), event, this.#run.updatedAt, this.#run.position));
    }
    this.#told.clear();
  }

  #activity(): string {
    if (this.#lastEvent !== undefined) this.#run.activity = lineOf(this.#lastEvent);
    this.#lastEvent = undefined;
    return this.#run.activity;
  }
}
