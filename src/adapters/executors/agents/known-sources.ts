import type { GraphDocument } from "../../../domain/graph-document.ts";
import type { RunLife } from "../../../domain/ids.ts";
import { fingerprintOf, type SourceFingerprint } from "./source-fingerprint.ts";

type Sources = Map<string, SourceFingerprint>;

/** Lives whose sources are remembered. A run that outlives that many others is held to what is found when it next starts an agent. */
const livesMax = 1_000;

/**
 * What extensions and skills were when a run started. A run that another process takes over is held to what they are when that process first
 * starts an agent of it.
 */
export class KnownSources {
  private readonly prepared = new WeakMap<GraphDocument, ReadonlyMap<string, SourceFingerprint>>();
  private readonly lives = new Map<RunLife, Sources>();

  /** Remembers what was found, by the paths that the host offers, before a run of this very graph document starts. */
  prepare(graph: GraphDocument, found: ReadonlyMap<string, SourceFingerprint>): void {
    this.prepared.set(graph, found);
  }

  /**
   * What a source is now, and what it is held to. `path` is the one that the host offers, so that it is noticed where that leads elsewhere.
   * @throws as {@link fingerprintOf}
   */
  async compare(
    life: RunLife,
    graph: GraphDocument,
    path: string,
  ): Promise<{ before: SourceFingerprint; now: SourceFingerprint }> {
    const now = await fingerprintOf(path);
    let sources = this.lives.get(life);
    if (sources === undefined) {
      sources = new Map(this.prepared.get(graph));
      const [oldest] = this.lives.keys();
      if (this.lives.size >= livesMax && oldest !== undefined) this.lives.delete(oldest);
      this.lives.set(life, sources);
    }
    const before = sources.get(path) ?? now;
    sources.set(path, before);
    return { before, now };
  }
}
