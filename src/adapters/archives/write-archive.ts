import type { Commit } from "../../domain/commit.ts";
import type { Position } from "../../domain/ids.ts";
import { archiveLine, archiveText, chainedHash, hashOf, type ArchiveHeader } from "./archive-format.ts";

/** The lines of an archive, without their line breaks. The commits must be those that the header counts. */
export async function* writeArchive(
  header: ArchiveHeader,
  commits: AsyncIterable<Commit>,
): AsyncGenerator<string, void> {
  const first = archiveText(header);
  let hash = hashOf(first);
  let position: Position = 0;
  yield first;
  for await (const commit of commits) {
    const text = archiveText(commit);
    hash = chainedHash(hash, text);
    position = commit.position;
    yield archiveLine(hash, "commit", text);
  }
  // A part of a run must not look like a whole one.
  if (header.isDamaged === true) return;
  const end = archiveText({ commits: header.commits, position });
  yield archiveLine(chainedHash(hash, end), "end", end);
}
