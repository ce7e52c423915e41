import { invariant } from "../../domain/errors.ts";
import type { Event, RecordedEvent, StepEvent } from "../../domain/events.ts";
import type { RunId, StepId } from "../../domain/ids.ts";
import { limits } from "../../domain/limits.ts";
import { settlement } from "../../machines/emit.ts";
import { evolve } from "../../machines/evolve.ts";
import { initialState, phaseOf } from "../../machines/run-state.ts";
import type { RunState } from "../../machines/run-state.ts";
import { runMachine } from "../../machines/run-machine.ts";
import { stepMachine } from "../../machines/step-machine.ts";
import { runSnapshotOf, stepSnapshotOf } from "./actor-snapshot.ts";
import { boundedValue } from "./bounded-value.ts";
import { inspectionVersion } from "./message.ts";
import type { ActorSnapshot, InspectionMessage, SignalShown } from "./message.ts";
import { ShownSteps } from "./shown-steps.ts";
import type { StepChoice } from "./shown-steps.ts";
import { runSignal, stepSignal } from "./signals.ts";

const runDefinition = JSON.stringify(runMachine.config);
const stepDefinition = JSON.stringify(stepMachine.config);
const nothing: readonly InspectionMessage[] = [];

/**
 * A run's events as messages to the Stately inspector: the run and its steps as actors, the signals that their machines took as events,
 * and a snapshot after each. A projection like any other, so a recorded run gives the same messages as a live one, and whoever comes
 * late is given what everyone was given.
 */
export class Inspection {
  readonly #state: RunState = initialState();
  readonly #shown: ShownSteps;
  #run: RunId | undefined;
  #name = "";
  #position = 0;
  /** Messages of the position so far: part of their ids. */
  #count = 0;
  #at = 0;
  /** Changes of steps since the run's last snapshot. */
  #unseen = 0;
  #snapshotEvery = 1;

  /**
   * `run` names the run's actor; without it that is the id in the first event, which for a fork is that of the run it came from.
   * @throws `inspect.invalid`
   */
  constructor(choice: StepChoice = {}, run?: RunId) {
    this.#shown = new ShownSteps(choice);
    this.#run = run;
  }

  get position(): number {
    return this.#position;
  }

  /** The messages of the event that comes next, beginning with the run's first. @throws `invariant.broken` for any other. */
  take({ position, at, event }: RecordedEvent): readonly InspectionMessage[] {
    invariant(position === this.#position + 1, "an inspection takes every event of a run, from the first on");
    this.#position = position;
    this.#count = 0;
    this.#at = at;
    if (!isStepEvent(event)) return this.#takeRunEvent(event, at);
    const { step } = event;
    switch (this.#shown.look(step, causeOf(event))) {
      case "new":
        return this.#takeStepEvent(event, at, [this.#stepActor(step)]);
      case "shown":
        return this.#takeStepEvent(event, at, []);
      case "hidden": {
        evolve(this.#state, event, at);
        const isDue = event.type !== "step.progressed" && this.#isSnapshotDue();
        return isDue ? [this.#runSnapshot(this.#signal(event.type, event))] : nothing;
      }
    }
  }

  #takeStepEvent(event: StepEvent, at: number, messages: InspectionMessage[]): readonly InspectionMessage[] {
    const state = this.#state;
    const number = state.plan.numberOf.get(event.step)!;
    const before = phaseOf(state, number);
    evolve(state, event, at);
    const signal = this.#signal(stepSignal(before, event.type, phaseOf(state, number)), event);
    const sessionId = this.#session(event.step);
    messages.push(
      { type: "@xstate.event", event: signal, sourceId: this.#run, ...this.#of(sessionId) },
      {
        type: "@xstate.snapshot",
        event: signal,
        snapshot: stepSnapshotOf(state, number, event),
        ...this.#of(sessionId),
      },
    );
    if (phaseOf(state, number) !== before && this.#isSnapshotDue()) messages.push(this.#runSnapshot(signal));
    return messages;
  }

  #takeRunEvent(event: Exclude<Event, StepEvent>, at: number): readonly InspectionMessage[] {
    const state = this.#state;
    const messages: InspectionMessage[] = [];
    if (event.type === "run.started") {
      this.#run ??= event.run;
      this.#name = event.graph.name;
      messages.push(this.#actor(this.#run, event.graph.name, runDefinition, undefined, this.#runState()));
    }
    const before = state.phase;
    const hint = event.type === "run.settled" ? settlement(state) : undefined;
    evolve(state, event, at);
    // Of a message the step's machine knows nothing; the run's tells that it passed.
    const signal = this.#signal(runSignal(before, event.type, state.phase, hint), event);
    const session = this.#session();
    messages.push({ type: "@xstate.event", event: signal, sourceId: undefined, ...this.#of(session) });
    const graph = event.type === "run.started" || event.type === "run.forked" ? event.graph : undefined;
    if (graph !== undefined) {
      this.#snapshotEvery = Math.max(1, Math.floor((2 * graph.steps.length) / limits.inspectSnapshotsMax));
      for (const id of this.#shown.declare(state.plan.ids)) messages.push(this.#stepActor(id));
    }
    messages.push(this.#runSnapshot(signal));
    return messages;
  }

  /** Each change of a step changes what the run's snapshot counts; of a large run not every one is told. */
  #isSnapshotDue(): boolean {
    return ++this.#unseen >= this.#snapshotEvery;
  }

  /** The signal with what the event tells of it. */
  #signal(type: string, event: Event): SignalShown {
    const fields = boundedValue(event) as Record<string, unknown>;
    fields["type"] = type;
    fields["emits"] = event.type;
    fields["position"] = this.#position;
    return fields as unknown as SignalShown;
  }

  #stepActor(step: StepId): InspectionMessage {
    const number = this.#state.plan.numberOf.get(step);
    invariant(number !== undefined, `an event names a step of its graph, not ${step}`);
    const snapshot = stepSnapshotOf(this.#state, number);
    return this.#actor(this.#session(step), step, stepDefinition, this.#run, snapshot);
  }

  #actor(
    sessionId: string,
    name: string,
    definition: string,
    parentId: string | undefined,
    snapshot: ActorSnapshot,
  ): InspectionMessage {
    return { type: "@xstate.actor", name, definition, parentId, snapshot, ...this.#of(sessionId) };
  }

  #runSnapshot(signal: SignalShown): InspectionMessage {
    this.#unseen = 0;
    return { type: "@xstate.snapshot", event: signal, snapshot: this.#runState(), ...this.#of(this.#session()) };
  }

  #runState(): ActorSnapshot {
    return runSnapshotOf(this.#state, this.#name, this.#shown);
  }

  #of(sessionId: string) {
    const id = `${this.#session()}:${this.#position}.${++this.#count}`;
    return { rootId: this.#session(), sessionId, createdAt: String(this.#at), id, _version: inspectionVersion };
  }

  /** Ids hold no slash, so no step's is another run's. */
  #session(step?: StepId): string {
    const run = this.#run ?? "";
    return step === undefined ? run : `${run}/${step}`;
  }
}

/** The messages of a run's events, from the first on. @throws `inspect.invalid`; `invariant.broken` where the events do not follow. */
export function* inspectionOf(
  events: Iterable<RecordedEvent>,
  choice: StepChoice = {},
  run?: RunId,
): Generator<InspectionMessage, void, void> {
  const inspection = new Inspection(choice, run);
  for (const recorded of events) yield* inspection.take(recorded);
}

function isStepEvent(event: Event): event is StepEvent {
  return event.type.startsWith("step.");
}

function causeOf({ type }: StepEvent): "declared" | "started" | "missed" {
  switch (type) {
    case "step.failed":
    case "step.timedOut":
      return "missed";
    case "step.blocked":
    case "step.canceled":
      return "declared";
    default:
      return "started";
  }
}
