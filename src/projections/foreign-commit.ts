import { commitSchema, commitStart } from "../domain/commit.ts";
import type { Commit } from "../domain/commit.ts";
import { RunfoldError } from "../domain/errors.ts";
import { isEventType } from "../domain/event-types.ts";
import { hasFields } from "../domain/fields.ts";
import type { Position } from "../domain/ids.ts";
import { quotedText, quotedValue } from "../domain/quoted-text.ts";
import { upcast } from "../machines/upcast.ts";

/**
 * Commits may come from anywhere: from a journal, from a file, out of somebody's program. These checks find what a fold relies on
 * once a commit, so that its events cost nothing more.
 */
type Foreign = Readonly<Partial<Record<keyof Commit, unknown>>>;

/**
 * The commit in today's shape, known to be one that follows position `after`, with events that there are.
 * @throws `journal.corrupt` naming the position; `journal.newer` for a commit of a later version.
 */
export function followingCommit(commit: Commit, after: Position): Commit {
  refuseShapeless(commit, after);
  refuseNewer(commit, after);
  if (!isSchema(commit.schema)) throw corruptCommit(after, notUnderstood(schemaProblem(commit.schema)));
  const start = commitStart(commit);
  if (start !== after) {
    throw corruptCommit(after, `the commits do not follow one another, the next one begins after position ${start}`);
  }
  const problem = eventProblem(commit.events, after);
  if (problem !== undefined) throw corruptCommit(after, notUnderstood(problem));
  return upcast(commit);
}

/**
 * Refuses what has not the fields of a commit, and could be neither folded nor compared.
 * @throws `journal.corrupt` naming the position after which it stands.
 */
export function refuseShapeless(commit: unknown, after: Position): void {
  const problem = shapeProblem(commit);
  if (problem !== undefined) throw corruptCommit(after, notUnderstood(problem));
}

/** @throws `journal.newer`, as reading a journal does. */
export function refuseNewer({ schema }: Commit, after: Position): void {
  if (!(schema > commitSchema)) return;
  const message = `The commit after position ${after} has version ${schema}, this Runfold knows ${commitSchema}; use a newer Runfold`;
  throw new RunfoldError("journal.newer", message, {
    details: { position: after, version: schema, known: commitSchema },
  });
}

export function isSchema(schema: unknown): boolean {
  return typeof schema === "number" && Number.isSafeInteger(schema) && schema >= 1;
}

export function schemaProblem(schema: unknown): string {
  return `its schema is a whole number from 1 on, not ${quotedValue(schema)}`;
}

/** An event that does not fit into the run as the events before it have left it. */
export function unfoldable(after: Position, cause: unknown): RunfoldError {
  return corruptCommit(after, notUnderstood("its events cannot follow those before it"), cause);
}

function corruptCommit(position: Position, what: string, cause?: unknown): RunfoldError {
  const message = `The journal is damaged after position ${position}: ${what}. Give the commits of one run, from its first on, in their order`;
  return new RunfoldError("journal.corrupt", message, {
    details: { position },
    ...(cause === undefined ? {} : { cause }),
  });
}

function notUnderstood(why: string): string {
  return `the next commit cannot be understood, ${why}`;
}

function shapeProblem(commit: unknown): string | undefined {
  if (!hasFields(commit)) return "it is no object";
  const { position, at, input, events }: Foreign = commit;
  if (!Number.isSafeInteger(position)) return "it has no position";
  if (typeof at !== "number" || !Number.isFinite(at)) return "it has no time";
  if (!hasFields(input)) return "it has no input";
  return Array.isArray(events) && events.length > 0 ? undefined : "it has no events";
}

function eventProblem(events: readonly unknown[], after: Position): string | undefined {
  for (const [index, event] of events.entries()) {
    const type: unknown = hasFields(event) ? event["type"] : undefined;
    if (typeof type !== "string") return "one of its events has no type";
    if (!isEventType(type)) return `it holds an event of an unknown type, ${quotedText(type)}`;
    const isFirst = after + index === 0;
    if (isFirst && type !== "run.started") return "a run begins with run.started, and this one does not";
    if (!isFirst && type === "run.started") return "it starts a run that has started already";
  }
  return undefined;
}
