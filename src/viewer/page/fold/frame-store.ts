import type { GraphDocument } from "../../../domain/graph-document.ts";
import type { Position } from "../../../domain/ids.ts";
import { viewerPageLimits } from "../../../domain/viewer-page-limits.ts";
import type { RunSnapshot } from "../../../projections/run-snapshot.ts";
import { RunView, type SavedView } from "../../../projections/run-view.ts";
import type { EventLog } from "./event-log.ts";

interface Checkpoint {
  readonly position: Position;
  readonly saved: SavedView;
  readonly graph: GraphDocument;
}

/**
 * The run as it was at any position, folded by the library's own view. Every few hundred events the fold is kept, so going back costs
 * that many events and no more; going on costs the events in between.
 */
export class FrameStore {
  readonly #log: EventLog;
  #view = new RunView();
  #steps = 0;
  #brokenAt: Position | undefined;
  readonly #checkpoints: Checkpoint[] = [];
  /** Events folded so far, for tests of what a step of the slider costs. */
  folded = 0;

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** The first event that cannot be understood: a later version wrote it, or it was damaged. Nothing from there on is shown. */
  get brokenAt(): Position | undefined {
    return this.#brokenAt;
  }

  /** Undefined before the first event; of an event that cannot be understood, and all after it, the run as it was before. */
  at(wanted: Position): RunSnapshot | undefined {
    if (wanted > this.#log.head) return undefined;
    const position = Math.min(wanted, (this.#brokenAt ?? Infinity) - 1);
    if (position < 1) return undefined;
    const near = this.#checkpoints.findLast((checkpoint) => checkpoint.position <= position);
    const isBehind = position < this.#view.position;
    if (isBehind || (near !== undefined && near.position > this.#view.position)) {
      this.#view = near === undefined ? new RunView() : RunView.restore(near.saved, near.graph);
    }
    while (this.#view.position < position) {
      try {
        this.#fold();
      } catch {
        // Half an event may be folded in, so this view is of no use any more.
        this.#brokenAt = this.#view.position;
        this.#view = new RunView();
        return this.at(wanted);
      }
    }
    return this.#view.snapshot();
  }

  #fold(): void {
    const { event, at, position } = this.#log.at(this.#view.position + 1)!;
    this.#view.apply(event, at);
    this.folded++;
    if (event.type === "run.started" || event.type === "run.forked") this.#steps = this.#view.steps.length;
    const last = this.#checkpoints.at(-1)?.position ?? 0;
    if (position - last < Math.max(viewerPageLimits.viewerCheckpointEvents, this.#steps)) return;
    const { graph } = this.#view.snapshot();
    this.#checkpoints.push({ position, saved: this.#view.save(), graph });
  }
}
