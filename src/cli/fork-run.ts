import { begunRun, type Begun } from "./begun-run.ts";
import { openRuns, refuseUnknown } from "./open-journal.ts";
import type { Graph, Position, RunId, RuntimeDiagnostic } from "../index.ts";

export interface ForkRequest {
  readonly source: RunId;
  readonly at: Position;
  readonly id: RunId | undefined;
  /** The edited graph; undefined for that of the past. */
  readonly graph: Graph | undefined;
  readonly db: string;
  readonly onDiagnostic?: ((diagnostic: RuntimeDiagnostic) => void) | undefined;
}

/** @throws CommandError, and what the journal or the fork refuses with; nothing stays open then. */
export async function forkRun({ source, at, id, graph, db, onDiagnostic }: ForkRequest): Promise<Begun> {
  const open = await openRuns(db, "write", onDiagnostic);
  const { runtime } = open;
  try {
    await refuseUnknown(open, source);
    const options = { at, ...(id === undefined ? {} : { id }), ...(graph === undefined ? {} : { graph }) };
    return { runtime, ...begunRun(await runtime.fork(source, options), undefined) };
  } catch (error) {
    await runtime.close();
    throw error;
  }
}
