import { crc32 } from "node:zlib";
import { type Commit, commitSchema, commitStart } from "../../domain/commit.ts";
import { RunfoldError } from "../../domain/errors.ts";
import type { Position, RunId } from "../../domain/ids.ts";
import { decodeCommit } from "./commit-codec.ts";

/** A row of `commits`, without the run. The body is still bytes: what the disk changed may be no text. */
export type CommitRow = readonly [position: Position, crc: number, body: Buffer];

/** The checksum that a body is kept with: the disk or a stray tool may change bytes behind SQLite's back. */
export function crcOf(body: string | Uint8Array): number {
  return crc32(body);
}

/**
 * The commits of one page, each checked on its own and against its neighbours, so that neither a changed byte nor a lost row
 * goes unnoticed.
 *
 * @param head the run's position; the page must reach it when `isLast`.
 * @throws `journal.corrupt` or `journal.newer`, naming run and position.
 */
export function readCommits(
  run: RunId,
  after: Position,
  head: Position,
  rows: readonly CommitRow[],
  isLast: boolean,
): readonly Commit[] {
  const commits: Commit[] = [];
  let place: Position | undefined;
  for (const row of rows) {
    const commit = readCommit(run, row);
    const start = commitStart(commit);
    const follows = place === undefined ? start <= after : start === place;
    if (!follows) throw corrupt(run, place ?? after, `the commits from there to position ${start} are missing`);
    place = commit.position;
    if (!(place <= head)) throw corrupt(run, place, `the run itself is said to end at position ${head}`);
    commits.push(commit);
  }
  const end = place ?? after;
  if (isLast && !(end >= head)) throw corrupt(run, end, `the commits from there to position ${head} are missing`);
  return commits;
}

function readCommit(run: RunId, [position, crc, body]: CommitRow): Commit {
  if (crcOf(body) !== crc) throw corrupt(run, position, "its checksum does not match");
  let commit: Commit;
  try {
    commit = decodeCommit(body.toString("utf8"));
  } catch (error) {
    throw corrupt(run, position, "it is not a commit", error);
  }
  if (commit.schema > commitSchema) {
    throw new RunfoldError(
      "journal.newer",
      `The commit of run ${run} at position ${position} has version ${commit.schema}, this Runfold knows ${commitSchema}; use a newer Runfold`,
      { details: { run, position, version: commit.schema, known: commitSchema } },
    );
  }
  if (commit.position !== position) throw corrupt(run, position, `it says that it stands at ${commit.position}`);
  return commit;
}

/** Bytes as text; what is no UTF-8 becomes U+FFFD. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

export function corrupt(run: RunId, position: Position, what: string, cause?: unknown): RunfoldError {
  return new RunfoldError(
    "journal.corrupt",
    `The journal of run ${run} is damaged at position ${position}: ${what}. Restore the file from a copy`,
    { details: { run, position }, ...(cause === undefined ? {} : { cause }) },
  );
}
