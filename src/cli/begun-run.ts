import { thisProcess } from "../adapters/owners/process-owner.ts";
import { ownerStateOf } from "../surfaces/owner-state.ts";
import type { Owner, Run, RunSnapshot, Runtime, RuntimeDiagnostic } from "../index.ts";

/**
 * How this process stands to a run that it was asked for: it began here, it was taken over from another process, another process
 * writes it, or it had ended.
 */
export type Relation = "own" | "takenOver" | "elsewhere" | "ended";

export interface BegunRun {
  readonly run: Run;
  readonly relation: Relation;
  /** The run as it was found; undefined for one that is new. */
  readonly before: RunSnapshot | undefined;
}

/** A run with the runtime that has to be closed after it. */
export interface Begun extends BegunRun {
  readonly runtime: Runtime;
}

/** Begins a run in a runtime of its own. Where it throws, nothing stays open. */
export type Begin = (onDiagnostic: (diagnostic: RuntimeDiagnostic) => void) => Promise<Begun>;

export function begunRun(run: Run, before: RunSnapshot | undefined): BegunRun {
  return { run, before, relation: relationTo(run.snapshot(), before) };
}

/** Whether this process writes the run. */
export function isWrittenHere(relation: Relation): boolean {
  return relation === "own" || relation === "takenOver";
}

/** What to tell of a run that is not simply a new one. `isFollowed` says whether this process shows it until its end. */
export function noteOn({ run, relation, before }: BegunRun, isFollowed: boolean): string | undefined {
  const { id, status, owner } = run.snapshot();
  const process = `process ${owner.pid} on ${owner.host}`;
  switch (relation) {
    case "own":
      return undefined;
    case "takenOver":
      return before === undefined ? undefined : takenOverText(before);
    case "ended":
      return `Run ${id} had already ended: ${status}. It is not started again.`;
    case "elsewhere":
      return isFollowed
        ? `Run ${id} is run by ${process}; this follows it. Ctrl-C cancels it there.`
        : `Run ${id} is already run by ${process}.`;
  }
}

function takenOverText(before: RunSnapshot): string {
  const { id, owner } = before;
  const process = `process ${owner.pid} on ${owner.host}`;
  // Also of one that nobody can look at, whose last sign of life is too old.
  if (ownerStateOf(before) !== "alive") return `Run ${id} was left unfinished by ${process}; it goes on here.`;
  return `Run ${id} was taken from ${process}, which ends what it runs of it; it goes on here.`;
}

function relationTo(now: RunSnapshot, before: RunSnapshot | undefined): Relation {
  if (!isSelf(now.owner)) return now.isEnded ? "ended" : "elsewhere";
  return before === undefined || before.isEnded || isSelf(before.owner) ? "own" : "takenOver";
}

function isSelf({ host, pid, processStart }: Owner): boolean {
  const self = thisProcess();
  return host === self.host && pid === self.pid && processStart === self.processStart;
}
