import type { AgentDefinition } from "../domain/agent.ts";
import type { Event, Owner, Place } from "../domain/events.ts";
import type { EpochMs, Position, RunId, RunLife } from "../domain/ids.ts";
import type { RunStatus, StepStatus } from "../domain/status.ts";
import { addUsage } from "../domain/usage.ts";
import type { Usage } from "../domain/usage.ts";
import { activityOf } from "./activity.ts";

/** What a view knows of its run as a whole, but for the graph; JSON, so that a checkpoint can keep it. */
export interface RunFold {
  id: RunId;
  life: RunLife;
  /** Where the journal has the event that says the graph. */
  graphAt: Position;
  root: string;
  places: readonly Place[];
  owner: Owner;
  epoch: number;
  deadlineAt: EpochMs;
  status: RunStatus;
  position: Position;
  startedAt: EpochMs;
  updatedAt: EpochMs;
  endedAt?: EpochMs;
  cleanupAt?: EpochMs;
  cancelReason?: string;
  isCleaned?: true;
  /** Where the journal has the event that says the agent definitions; they are as large as the graph, and stand there alone. */
  definitionsAt?: Position;
  usage?: Usage;
  counts: Record<StepStatus, number>;
  activity: string;
}

/** What the attempt that an event ends asked of models, added to what the run has. */
export function addSpent(run: RunFold, event: Event): void {
  if (!("usage" in event) || event.usage === undefined) return;
  run.usage = run.usage === undefined ? event.usage : addUsage(run.usage, event.usage);
}

export function definitionsOf(definitions: readonly AgentDefinition[] = []): ReadonlyMap<string, AgentDefinition> {
  return new Map(definitions.map((definition) => [definition.ref, definition]));
}

export function placesOf(places: readonly Place[]): ReadonlyMap<string, Place> {
  return new Map(places.map((place) => [place.cwd, place]));
}

export function lineOf(event: Event): string {
  const isOfStep = "step" in event && event.step !== undefined;
  return isOfStep ? `${event.step}: ${activityOf(event)}` : activityOf(event);
}

export function unstarted(): RunFold {
  return {
    id: "",
    life: "",
    graphAt: 0,
    root: "",
    places: [],
    owner: { host: "", pid: 0, processStart: "" },
    epoch: 0,
    deadlineAt: 0,
    status: "running",
    position: 0,
    startedAt: 0,
    updatedAt: 0,
    counts: noSteps(),
    activity: "",
  };
}

export function noSteps(): Record<StepStatus, number> {
  return { pending: 0, running: 0, succeeded: 0, failed: 0, blocked: 0, timedOut: 0, canceled: 0 };
}
