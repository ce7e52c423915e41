import type { ArtifactRef } from "./artifact.ts";
import type { Json } from "./json.ts";

/**
 * A step's output as the journal keeps it: the value itself, with large parts moved to artifacts.
 *
 * A spilled part stands as `null` in `value` and is named by its JSON pointer (`""` is the whole value).
 */
export interface StoredOutput {
  readonly value: Json;
  readonly spilled?: readonly SpilledPart[];
}

export interface SpilledPart {
  readonly pointer: string;
  readonly artifact: ArtifactRef;
  /** How to read the bytes back: as UTF-8 text, or as UTF-8 text that holds JSON. */
  readonly encoding: "text" | "json";
}

/** What a command or a shell step gives to those that need it. */
export interface CommandOutput {
  /** What the command wrote to stdout, decoded as UTF-8, without its last line break. */
  readonly stdout: string;
  /** Likewise for stderr. */
  readonly stderr: string;
  readonly exitCode: number;
  /** Bytes that were dropped because a stream passed `limits.commandStreamBytesMax`; absent when nothing was. */
  readonly droppedBytes?: number;
}
