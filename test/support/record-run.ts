import type { Commit } from "../../src/domain/commit.ts";
import { commitSchema } from "../../src/domain/commit.ts";
import type { Event } from "../../src/domain/events.ts";
import type { Input, Refusal } from "../../src/domain/inputs.ts";
import { decide, isRefusal } from "../../src/machines/decide.ts";
import { evolve } from "../../src/machines/evolve.ts";
import { initialState } from "../../src/machines/run-state.ts";
import type { RunState } from "../../src/machines/run-state.ts";
import { messageFacts } from "./message-facts.ts";
import type { Scenario } from "./run-arbitrary.ts";
import { simulate } from "./simulate.ts";

export interface Recording {
  readonly state: RunState;
  readonly commits: readonly Commit[];
  readonly refusals: readonly { readonly input: Input; readonly refusal: Refusal }[];
}

/** Plays a scenario on the kernel, and keeps what a journal would keep. */
export function record(scenario: Scenario): Recording {
  const state = initialState();
  const commits: Commit[] = [];
  const refusals: { input: Input; refusal: Refusal }[] = [];
  simulate(scenario, (input, at) => {
    const decision = decide(state, input, at);
    if (isRefusal(decision)) {
      refusals.push({ input, refusal: decision });
      return [];
    }
    commits.push({ schema: commitSchema, position: state.position, at, input, events: decision });
    return decision;
  });
  return { state, commits, refusals };
}

export function eventsOf(commits: readonly Commit[]): Event[] {
  return commits.flatMap(({ events }) => events);
}

/** Through JSON and back: what a journal in a file gives. */
export function reread(commits: readonly Commit[]): Commit[] {
  const read: Commit[] = JSON.parse(JSON.stringify(commits));
  return read;
}

export function foldAll(commits: readonly Commit[], state: RunState = initialState()): RunState {
  for (const { events, at } of commits) for (const event of events) evolve(state, event, at);
  return state;
}

/** Everything that a state knows, as one text: two states are the same if and only if their texts are. */
export function factsOf(state: RunState): string {
  const {
    plan,
    phases,
    attempts,
    interruptions,
    dueAt,
    unmet,
    ready,
    counts,
    diagnostics,
    messages,
    notices,
    ...rest
  } = state;
  const { steps, numberOf, needs, after, neededBy, followedBy, sinks, ...planned } = plan;
  const members = steps.flatMap((_step, number) => (ready.has(number) ? [number] : []));
  const edges = [needs, after, neededBy, followedBy].flatMap(({ offsets, targets }) => [offsets, targets]);
  const arrays = [phases, attempts, interruptions, dueAt, unmet, counts, ...edges].map(
    (array) => `${array.constructor.name} ${array.join()}`,
  );
  const ids = steps.map(({ id }) => `${id} ${numberOf.get(id)}`);
  const queue = { first: ready.first(), size: ready.size, members };
  return JSON.stringify({
    ...rest,
    arrays,
    queue,
    diagnostics: [...diagnostics],
    told: messageFacts(messages),
    notices: { ...notices, pending: [...notices.pending] },
    planned,
    ids,
    sinks,
  });
}
