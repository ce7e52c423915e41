import { crc32 } from "node:zlib";
import { commitSchema, commitStart } from "../../domain/commit.js";
import { RunfoldError } from "../../domain/errors.js";
import { decodeCommit } from "./commit-codec.js";
/** The checksum that a body is kept with: the disk or a stray tool may change bytes behind SQLite's back. */
export function crcOf(body) {
  return crc32(body);
}
/**
 * The commits of one page, each checked on its own and against its neighbours, so that neither a changed byte nor a lost row
 * goes unnoticed.
 *
 * @param head the run's position; the page must reach it when `isLast`.
 * @throws `journal.corrupt` or `journal.newer`, naming run and position.
 */
export function readCommits(run, after, head, rows, isLast) {
  const commits = [];
  let place;
  for (const row of rows) {
    const commit = readCommit(run, row);
    const start = commitStart(commit);
    const follows = place === undefined ? start <= after : start === place;
    if (!follows) throw corrupt(run, place ?? after, `the commits from there to position ${start} are missing`);
    place = commit.position;
    commits.push(commit);
  }
  const end = place ?? after;
  if (isLast && end < head) throw corrupt(run, end, `the commits from there to position ${head} are missing`);
  return commits;
}
function readCommit(run, [position, crc, body]) {
  if (crcOf(body) !== crc) throw corrupt(run, position, "its checksum does not match");
  let commit;
  try {
    commit = decodeCommit(body);
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
function corrupt(run, position, what, cause) {
  return new RunfoldError(
    "journal.corrupt",
    `The journal of run ${run} is damaged at position ${position}: ${what}. Restore the file from a copy`,
    { details: { run, position }, ...(cause === undefined ? {} : { cause }) },
  );
}
