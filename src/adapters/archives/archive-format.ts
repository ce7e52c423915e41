import { createHash } from "node:crypto";
import type { ArtifactRef } from "../../domain/artifact.ts";
import type { Commit } from "../../domain/commit.ts";
import type { Position, RunId } from "../../domain/ids.ts";

/**
 * The format of an archive: one run as lines of JSON. The first line is a header, then comes a line a commit, then one that marks
 * the end. Each line but the first begins with a hash over the hash of the line before it and its own text, and that of the
 * header stands for the hash before the first. So no byte can change, and no line can get lost, double or move, without a hash
 * that no longer fits. Hashes find accidents and careless edits; they are no signature, since anyone can make them anew.
 */
export const archiveVersion = 2;

export interface ArchiveHeader {
  readonly runfold: "export";
  readonly version: typeof archiveVersion;
  /** What the run was when it was exported, for whoever reads the file: its id, and more. */
  readonly run: { readonly id: RunId; readonly [field: string]: unknown };
  readonly commits: number;
  /** Says that this is only a part of the run, what stood before a damage. Such a file has no end. */
  readonly isDamaged?: true;
  /** Every artifact that an event names. Their bytes are not in the file. */
  readonly artifacts: readonly ArtifactRef[];
}

/** What the last line says, so that a file that was cut off is known by its lack. */
export interface ArchiveEnd {
  readonly commits: number;
  readonly position: Position;
}

/** What a line holds beside its hash. */
export type ArchivePart = "commit" | "end";

const hashChars = 64;
const hashPattern = /^[0-9a-f]{64}$/;
const beforeHash = '{"sha256":"';

/** The hash that the chain begins with. */
export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The hash of a line, from the hash of the one before it and the text of what it holds. */
export function chainedHash(before: string, text: string): string {
  return createHash("sha256").update(before).update("\n").update(text).digest("hex");
}

export function archiveLine(hash: string, part: ArchivePart, text: string): string {
  return `${beforeHash}${hash}${beforeText(part)}${text}}`;
}

/**
 * A line in its parts, the text exactly as it was hashed; undefined for a line in any other form, and be it the same JSON: what
 * nothing hashes would not be kept from changing.
 */
export function splitLine(
  line: string,
): { readonly hash: string; readonly part: ArchivePart; readonly text: string } | undefined {
  const hashEnd = beforeHash.length + hashChars;
  const hash = line.slice(beforeHash.length, hashEnd);
  if (!line.startsWith(beforeHash) || !hashPattern.test(hash) || !line.endsWith("}")) return undefined;
  for (const part of ["commit", "end"] as const) {
    const before = beforeText(part);
    if (line.startsWith(before, hashEnd)) return { hash, part, text: line.slice(hashEnd + before.length, -1) };
  }
  return undefined;
}

/**
 * JSON that is one line for every reader: the two line breaks of Unicode that JSON leaves as they are would end a line for some,
 * Node's `readline` among them.
 */
export function archiveText(value: ArchiveHeader | Commit | ArchiveEnd): string {
  return JSON.stringify(value)
    .replaceAll("\u2028", String.raw`\u2028`)
    .replaceAll("\u2029", String.raw`\u2029`);
}

function beforeText(part: ArchivePart): string {
  return `","${part}":`;
}
