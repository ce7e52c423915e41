import type { Commit } from "../../src/domain/commit.ts";
import type { Event } from "../../src/domain/events.ts";
import type { GraphDocument } from "../../src/domain/graph-document.ts";
import type { Position, RunId, RunLife, StepId } from "../../src/domain/ids.ts";
import type { QueuedNotice } from "../../src/domain/notice.ts";
import { evolve } from "../../src/machines/evolve.ts";
import { initialState } from "../../src/machines/run-state.ts";
import type { RunState } from "../../src/machines/run-state.ts";
import { handoverOf } from "../../src/projections/frontier.ts";
import type { Handover } from "../../src/projections/frontier.ts";
import { NoticeBook } from "../../src/projections/notices.ts";
import { RunView } from "../../src/projections/run-view.ts";
import { Verifier } from "../../src/projections/verify.ts";

/**
 * One life of a run as it is on the disk, and everything that anyone may have seen of it. It outlives its deletion: whoever saw
 * something of a run must have seen the truth.
 */
export class DurableRun {
  readonly run: RunId;
  readonly life: RunLife;
  readonly commits: Commit[] = [];
  readonly events: Event[] = [];
  readonly state: RunState = initialState();
  readonly verifier = new Verifier();
  /** When the run came to its present owner. */
  ownedSince = 0;
  isDeleted = false;
  readonly #view = new RunView();
  readonly #notices = new NoticeBook();
  /** The snapshot at the end of each commit, as JSON. */
  readonly #snapshots = new Map<Position, string>();
  readonly #graphs: { readonly from: Position; readonly graph: GraphDocument }[] = [];
  readonly #starts = new Map<string, Position>();
  readonly #ends = new Map<StepId, { readonly position: Position; readonly handover: Handover }>();

  constructor(run: RunId, life: RunLife) {
    this.run = run;
    this.life = life;
  }

  get position(): Position {
    return this.events.length;
  }

  get isEnded(): boolean {
    const { phase } = this.state;
    return phase !== "unstarted" && phase !== "running" && phase !== "canceling" && phase !== "expiring";
  }

  get notices(): readonly QueuedNotice[] {
    return this.#notices.list();
  }

  get graph(): GraphDocument {
    return this.#graphs.at(-1)!.graph;
  }

  /** The graph by which an event was understood. */
  graphAt(position: Position): GraphDocument {
    return this.#graphs.findLast(({ from }) => from <= position)!.graph;
  }

  /** The graph of a fork that goes on with another one than that of its past, with its place. */
  get edit(): { readonly from: Position; readonly graph: GraphDocument } | undefined {
    return this.#graphs.length > 1 ? this.#graphs.at(-1) : undefined;
  }

  add(commit: Commit): void {
    this.commits.push(commit);
    for (const event of commit.events) {
      evolve(this.state, event, commit.at);
      this.#view.apply(event, commit.at);
      this.#notices.apply(event, commit.at, this.events.length + 1);
      this.events.push(event);
      this.#note(event, this.events.length);
    }
    this.#snapshots.set(this.position, JSON.stringify(this.#view.snapshot()));
  }

  snapshotAt(position: Position): string | undefined {
    return this.#snapshots.get(position);
  }

  /** Where the newest start of an attempt stands, or the newest time that it was resumed. */
  startOf(step: StepId, attempt: number, isResumed: boolean): Position | undefined {
    return this.#starts.get(`${isResumed ? "resumed" : "started"} ${step} ${attempt}`);
  }

  endOf(step: StepId): { readonly position: Position; readonly handover: Handover } | undefined {
    return this.#ends.get(step);
  }

  /** What a step must be handed, from the journal: its needs in their order, then what it comes after, each once. */
  handoversTo(step: StepId): readonly Handover[] {
    const { needs = [], after = [] } = this.graph.steps.find(({ id }) => id === step)!;
    return [...new Set([...needs, ...after])].flatMap((id) => this.#ends.get(id)?.handover ?? []);
  }

  #note(event: Event, position: Position): void {
    if (event.type === "run.started" || (event.type === "run.forked" && event.graph !== undefined)) {
      this.#graphs.push({ from: position, graph: event.graph! });
    }
    if (event.type === "step.started" || event.type === "step.resumed") {
      this.#starts.set(`${event.type.slice("step.".length)} ${event.step} ${event.attempt}`, position);
    }
    const handover = handoverOf(event);
    if (handover !== undefined) this.#ends.set(handover.step, { position, handover });
  }
}
