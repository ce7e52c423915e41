import { isUtf8 } from "node:buffer";
import type { ArtifactRef } from "../../../domain/artifact.ts";
import { limits } from "../../../domain/limits.ts";
import type { ArtifactWriter } from "../../../ports/artifact-store.ts";
import { jsonBytes, type InlineBudget } from "./inline-budget.ts";

/** What was kept of one stream. */
export interface KeptOutput {
  /** The whole text; null where it went into the artifact. */
  readonly text: string | null;
  readonly artifact?: ArtifactRef;
  /** Bytes beyond the limit. */
  readonly droppedBytes: number;
  /** Why the stream could not be kept. */
  readonly problem?: string;
}

/**
 * Keeps the bytes of one stream: in memory while they fit the budget, else in an artifact, byte for byte. Bytes that are not
 * UTF-8 go there in any case, since text could not give them back.
 */
export class OutputStore {
  private readonly budget: InlineBudget;
  private readonly createArtifact: () => Promise<ArtifactWriter>;
  private readonly bytesMax: number;
  private readonly memory: Buffer[] = [];
  private takenBytes = 0;
  private storedBytes = 0;
  private droppedBytes = 0;
  private writer: ArtifactWriter | undefined;
  private problem: string | undefined;

  constructor(
    budget: InlineBudget,
    createArtifact: () => Promise<ArtifactWriter>,
    bytesMax: number = limits.commandStreamBytesMax,
  ) {
    this.budget = budget;
    this.createArtifact = createArtifact;
    this.bytesMax = bytesMax;
  }

  /** Resolves when more may come, which is how a slow disk slows the command down. Never rejects. */
  async add(bytes: Uint8Array): Promise<void> {
    const room = this.droppedBytes > 0 ? 0 : this.bytesMax - this.storedBytes;
    const kept = bytes.length <= room ? bytes : bytes.subarray(0, characterStart(bytes, room));
    this.droppedBytes += bytes.length - kept.length;
    if (kept.length === 0 || this.problem !== undefined) return;
    this.storedBytes += kept.length;
    try {
      await this.store(kept);
    } catch (error) {
      await this.giveUp(error);
    }
  }

  /** Ends the stream. Call it once, after the last `add`. */
  async finish(): Promise<KeptOutput> {
    try {
      const bytes = Buffer.concat(this.memory);
      if (this.problem === undefined && this.writer === undefined && !isUtf8(bytes)) await this.spill();
      if (this.writer !== undefined) {
        return { text: null, artifact: await this.writer.commit(), droppedBytes: this.droppedBytes };
      }
      if (this.problem === undefined) return { text: bytes.toString("utf8"), droppedBytes: this.droppedBytes };
    } catch (error) {
      await this.giveUp(error);
    }
    return { text: "", droppedBytes: this.droppedBytes, problem: this.problem ?? "unknown reasons" };
  }

  private async store(bytes: Uint8Array): Promise<void> {
    if (this.writer !== undefined) return await this.writer.write(bytes);
    // A copy, since a few bytes would keep the whole of a large buffer in memory.
    this.memory.push(Buffer.from(bytes));
    const size = jsonBytes(bytes);
    if (this.budget.take(size)) this.takenBytes += size;
    else await this.spill();
  }

  private async spill(): Promise<void> {
    this.writer = await this.createArtifact();
    const bytes = Buffer.concat(this.memory);
    this.memory.length = 0;
    this.budget.giveBack(this.takenBytes);
    this.takenBytes = 0;
    await this.writer.write(bytes);
  }

  /** The stream is read to its end all the same, or the command would wait for ever. */
  private async giveUp(error: unknown): Promise<void> {
    this.problem = error instanceof Error ? error.message : "unknown reasons";
    this.droppedBytes += this.storedBytes;
    this.memory.length = 0;
    const writer = this.writer;
    this.writer = undefined;
    try {
      await writer?.discard();
    } catch {
      // The store said already that it cannot; what it left goes when the run is deleted.
    }
  }
}

/** The last place at or before `end` where a character of UTF-8 begins. */
function characterStart(bytes: Uint8Array, end: number): number {
  let start = Math.max(0, end);
  while (start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  return start;
}
