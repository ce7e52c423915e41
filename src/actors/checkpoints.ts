import type { AgentDefinition } from "../domain/agent.ts";
import { commitSchema, commitStart } from "../domain/commit.ts";
import type { Commit } from "../domain/commit.ts";
import type { RunEvent } from "../domain/events.ts";
import type { GraphDocument } from "../domain/graph-document.ts";
import type { Position, RunId, RunLife } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import type { QueuedNotice } from "../domain/notice.ts";
import { limits } from "../domain/limits.ts";
import { isStepEnded } from "../domain/status.ts";
import { textHash } from "../domain/text-hash.ts";
import type { RunState } from "../machines/run-state.ts";
import { restoreState, saveState } from "../machines/saved-state.ts";
import type { SavedState } from "../machines/saved-state.ts";
import { Frontier } from "../projections/frontier.ts";
import { MaterialIndex } from "../projections/material.ts";
import type { SavedMaterial } from "../projections/material.ts";
import { MessageBook } from "../projections/messages.ts";
import type { SavedMessageBook } from "../projections/messages.ts";
import { NoticeBook } from "../projections/notices.ts";
import { RunView } from "../projections/run-view.ts";
import type { SavedView } from "../projections/run-view.ts";
import type { Journal } from "../ports/journal.ts";
import type { RunStream, StreamParts } from "./run-stream.ts";

/** Raised with every change of what is saved; a checkpoint of another version is passed over, and the journal folded. */
const savedVersion = 4;

interface SavedRun {
  readonly version: string;
  /** The hash of the commit that ends at the checkpoint's position: the same id and position may be those of another run. */
  readonly commit: string;
  /** The hash of all that follows, and of what stands before. */
  readonly hash: string;
  readonly state: SavedState;
  readonly view: SavedView;
  readonly material: SavedMaterial;
  readonly messages: SavedMessageBook;
  readonly notices: readonly QueuedNotice[];
}

export interface LoadedCheckpoint {
  readonly state: RunState;
  readonly parts: StreamParts;
}

type Beginning = Extract<RunEvent, { readonly type: "run.started" | "run.forked" }>;

const version = `${savedVersion}/${commitSchema}`;

/** When a run with so many steps, whose last checkpoint stands at `last`, is worth another one. */
export function isCheckpointDue(position: Position, last: Position, steps: number, isEnded: boolean): boolean {
  const every = isEnded ? 0 : steps * limits.checkpointEventsAStepMin;
  return position - last >= Math.max(limits.checkpointEventsMin, every);
}

/** Takes all that is needed at once, before it is written; `last` is the commit that the state has come to. */
export function checkpointOf(state: RunState, stream: RunStream, last: Commit): Json {
  const { view, material, messages, notices } = stream;
  const books = { material: material.save(), messages: messages.save(), notices: notices.list() };
  const body = { state: saveState(state), view: view.save(), ...books };
  const commit = textHash(JSON.stringify(last));
  return { version, commit, hash: hashOf(state.position, commit, body), ...body } as unknown as Json;
}

/**
 * A run's newest checkpoint, or undefined where there is none that is whole, of this version, and of this very journal. It is never
 * trusted over the journal: whatever does not fit, also because it is of another `life`, is passed over.
 */
export async function loadCheckpoint(
  journal: Journal,
  run: RunId,
  life?: RunLife,
): Promise<LoadedCheckpoint | undefined> {
  const checkpoint = await journal.loadCheckpoint(run).catch(() => undefined);
  if (checkpoint === undefined) return undefined;
  const { position } = checkpoint;
  const saved = checkpoint.state as unknown as SavedRun;
  try {
    if (saved.version !== version) return undefined;
    const { state, view, material, messages, notices } = saved;
    const isOfRun = state.run === run && (life === undefined || state.life === life);
    if (!isOfRun) return undefined;
    if (saved.hash !== hashOf(position, saved.commit, { state, view, material, messages, notices })) return undefined;
    const [last] = await journal.read(run, position - 1, 1);
    if (last?.position !== position || textHash(JSON.stringify(last)) !== saved.commit) return undefined;
    const graph = (await beginningAt(journal, run, view.run.graphAt))?.graph;
    if (graph === undefined) return undefined;
    const { definitionsAt } = view.run;
    if (definitionsAt === undefined) return restored(saved, graph, undefined);
    const definitions = (await beginningAt(journal, run, definitionsAt))?.definitions;
    return definitions === undefined ? undefined : restored(saved, graph, definitions);
  } catch {
    // Whatever is wrong with it, the journal says how it really was, or what is wrong there.
    return undefined;
  }
}

function restored(
  { state: savedState, view: savedView, material, messages, notices }: SavedRun,
  graph: GraphDocument,
  definitions: readonly AgentDefinition[] | undefined,
): LoadedCheckpoint | undefined {
  const state = restoreState(savedState, graph);
  if (state === undefined || savedView.run.position !== state.position) return undefined;
  const view = RunView.restore(savedView, graph, definitions);
  const frontier = Frontier.restore(graph, (step) => isStepEnded(view.steps.at(step).status));
  const books = {
    material: MaterialIndex.restore(material),
    messages: MessageBook.restore(messages),
    notices: NoticeBook.restore(notices, state.notices.last),
  };
  return { state, parts: { view, frontier, ...books } };
}

/** The event at a position that began the run, or a fork of it; undefined where another one stands there. */
async function beginningAt(journal: Journal, run: RunId, position: Position): Promise<Beginning | undefined> {
  const [commit] = await journal.read(run, position - 1, 1);
  const event = commit?.events[position - 1 - commitStart(commit)];
  return event?.type === "run.started" || event?.type === "run.forked" ? event : undefined;
}

function hashOf(position: Position, commit: string, body: object): string {
  return textHash(`${version}\n${position}\n${commit}\n${JSON.stringify(body)}`);
}
