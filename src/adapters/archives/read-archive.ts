import type { ArtifactRef } from "../../domain/artifact.ts";
import { commitStart, type Commit } from "../../domain/commit.ts";
import type { Position, RunId } from "../../domain/ids.ts";
import { limits } from "../../domain/limits.ts";
import { artifactsOf } from "./archive-artifacts.ts";
import { archiveText, chainedHash, hashOf, splitLine } from "./archive-format.ts";
import { refused } from "../../domain/archive-refusals.ts";
import { readCommit } from "./read-commit.ts";
import { readHeader, type Promised } from "./read-header.ts";

/** A whole run that was read from an archive. */
export interface Archive {
  /** The run that the header names; that the events are of that run is for the fold to say. */
  readonly run: RunId;
  /** Held in memory, because a journal takes them all at once or none. */
  readonly commits: readonly Commit[];
  readonly position: Position;
  readonly artifacts: readonly ArtifactRef[];
}

/** How long a line, and all of them together, may be. */
export interface ArchiveBounds {
  readonly archiveLineCharsMax: number;
  readonly archiveCharsMax: number;
}

/**
 * Reads an archive line by line, and checks each as it comes: its hash, its form, its place, and that the commits are all there.
 *
 * `fold` is shown each commit in order; what it throws makes the commit's line the one that is refused.
 */
export class ArchiveReader {
  readonly #fold: (commit: Commit) => void;
  readonly #bounds: ArchiveBounds;
  readonly #commits: Commit[] = [];
  readonly #artifacts: ArtifactRef[] = [];
  #promised: Promised | undefined;
  #hash = "";
  #line = 0;
  #chars = 0;
  #position: Position = 0;
  #isEnded = false;

  constructor(fold: (commit: Commit) => void, bounds: ArchiveBounds = limits) {
    this.#fold = fold;
    this.#bounds = bounds;
  }

  /** @throws `archive.invalid`, `journal.newer`, naming the line. */
  take(text: string): void {
    this.#line++;
    this.#checkSize(text);
    if (this.#isEnded) throw this.#refused("it stands behind the line that ends the file");
    if (this.#promised === undefined) {
      this.#promised = readHeader(text);
      this.#hash = hashOf(text);
      return;
    }
    const found = splitLine(text);
    if (found === undefined) throw this.#refused(formProblem(text));
    if (chainedHash(this.#hash, found.text) !== found.hash) {
      throw this.#refused(
        "its hash does not fit, so it was changed, or a line before it was changed, lost, doubled or moved",
      );
    }
    this.#hash = found.hash;
    if (found.part === "commit") this.#takeCommit(found.text);
    else this.#takeEnd(this.#promised, found.text);
  }

  /** All that was read. @throws `archive.invalid` where the end is missing. */
  finish(): Archive {
    // The line that should have come next.
    this.#line++;
    if (this.#promised === undefined) throw this.#refused("the file is empty");
    if (!this.#isEnded) throw this.#refused("it is missing, and so is the end of the file: the file was cut off");
    const { run } = this.#promised;
    return { run, commits: this.#commits, position: this.#position, artifacts: this.#artifacts };
  }

  #takeCommit(text: string): void {
    const commit = readCommit(this.#line, text);
    const start = commitStart(commit);
    if (start !== this.#position) {
      throw this.#refused(`its events begin after position ${start}, those before it end at ${this.#position}`);
    }
    for (const [index, { type }] of commit.events.entries()) {
      const isFirst = start + index === 0;
      if (isFirst && type !== "run.started")
        throw this.#refused("a run begins with run.started, and this one does not");
      if (!isFirst && type === "run.started") throw this.#refused("it starts a run that has started already");
    }
    try {
      this.#fold(commit);
    } catch (cause) {
      throw this.#refused("its events cannot follow those before it", cause);
    }
    this.#position = commit.position;
    this.#commits.push(commit);
    this.#artifacts.push(...artifactsOf(commit));
  }

  #takeEnd({ commits, artifacts }: Promised, text: string): void {
    if (text !== archiveText({ commits: this.#commits.length, position: this.#position })) {
      const found = `${this.#commits.length} commits up to position ${this.#position}`;
      throw this.#refused(`it counts other commits than there are, which is ${found}`);
    }
    if (commits !== this.#commits.length) {
      throw refused(1, `it promises ${commits} commits, and the file has ${this.#commits.length}`);
    }
    if (artifacts !== JSON.stringify(this.#artifacts)) {
      throw refused(1, "it lists other artifacts than the commits of the file name");
    }
    this.#isEnded = true;
  }

  #checkSize(text: unknown): asserts text is string {
    const { archiveLineCharsMax, archiveCharsMax } = this.#bounds;
    if (typeof text !== "string") throw this.#refused("it is no text");
    if (text.length > archiveLineCharsMax) {
      throw this.#refused(`it has ${text.length} characters, and a line has at most ${archiveLineCharsMax}`);
    }
    this.#chars += text.length;
    if (this.#chars > archiveCharsMax) {
      throw refused(this.#line, `with it the file has more than ${archiveCharsMax} characters, too many to be held`, {
        advice: "A run of that size moves with its database: copy that file, and the directory of artifacts beside it",
      });
    }
  }

  #refused(why: string, cause?: unknown): Error {
    return refused(this.#line, why, cause === undefined ? {} : { cause });
  }
}

/** What is most likely wrong with a line that has not the form of one. */
function formProblem(text: string): string {
  if (text === "") return "it is empty";
  if (text.endsWith("\r"))
    return "it ends in a carriage return, so some program has changed the line breaks of the file";
  return "it is not a line of an export; it may have been changed or cut off";
}
