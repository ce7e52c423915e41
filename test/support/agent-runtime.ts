import { join } from "node:path";
import { onTestFinished } from "vitest";
import { openRuntime, parseGraph } from "runfold";
import type {
  AgentDocument,
  AgentOptions,
  Graph,
  GraphDocument,
  RecordedEvent,
  Run,
  Runtime,
  RuntimeOptions,
  StepDocument,
} from "runfold";
import { sqliteJournal } from "runfold/sqlite";
import type { PiPlace } from "./pi-place.ts";

export interface AgentRuntimeOptions extends RuntimeOptions {
  /** What starts pi: the program and its first arguments. */
  readonly launcher: readonly string[];
}

/** A runtime whose agents are pis that ask the model server of a place; closed when the test is over. */
export async function agentRuntime(place: PiPlace, { launcher, ...options }: AgentRuntimeOptions): Promise<Runtime> {
  const runtime = await openRuntime({
    root: place.workspace,
    journal: sqliteJournal(join(place.directory, "runs.db")),
    agents: agentsOf(place, launcher),
    ...options,
  });
  onTestFinished(() => runtime.close());
  return runtime;
}

/** Has agents be the pis that a launcher starts, with the models of a place. */
export function agentsOf({ agentDirectory }: PiPlace, launcher: readonly string[]): AgentOptions {
  return { pi: { launcher: { command: launcher }, agentDirectory } };
}

/** A step whose agent follows the script of its own name, or of another one. */
export function agentStep(
  id: string,
  rest: Omit<Partial<StepDocument>, "agent"> & { agent?: Partial<AgentDocument> } = {},
): StepDocument {
  const agent = { kind: "pi", system: "You do as the script says.", task: `Follow script:${id}.`, ...rest.agent };
  return { id, ...rest, agent };
}

/** A graph of agents that may read and use the shell. */
export function agentDocument(
  name: string,
  steps: readonly StepDocument[],
  rest: Partial<GraphDocument> = {},
): GraphDocument {
  const authority = { allowFilesystemRead: true, allowShellTools: true };
  return { name, objective: "Try agents.", authority, steps, ...rest };
}

export function agentGraph(...parts: Parameters<typeof agentDocument>): Graph {
  const parsed = parseGraph(agentDocument(...parts));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  return parsed.graph;
}

export async function eventsOf(run: Run): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const { position, at, event } of run.events()) events.push({ position, at, event });
  return events;
}
