import { batch, computed, signal, type ReadonlySignal } from "@preact/signals";
import type { RecordedEvent } from "../../../domain/events.ts";
import type { EpochMs, Position, RunId, RunLife, StepId } from "../../../domain/ids.ts";
import type { StepStatus } from "../../../domain/status.ts";
import type { RunSnapshot } from "../../../projections/run-snapshot.ts";
import type { Span } from "../../../projections/timeline.ts";
import type { ErrorAnswer } from "../../protocol.ts";
import { EventLog } from "../fold/event-log.ts";
import { FrameStore } from "../fold/frame-store.ts";
import { stepStoryOf, type StepStory } from "../fold/step-story.ts";
import { timelineRowsOf, type TimelineRows } from "../fold/timeline-rows.ts";

/** Where the events come from, and whether more may come. */
export type Connection = "recorded" | "connecting" | "live" | "reconnecting" | "ended" | "gone";

/**
 * One run on the page: its events, the position that is shown, and everything that is shown of it, each a fold of the events up to there.
 * Events only come in by {@link take}; everything else follows.
 */
export class RunModel {
  readonly id: RunId;
  readonly connection = signal<Connection>("connecting");
  /** Nobody writes the run any more, though it has not ended. */
  readonly isLeft = signal(false);
  /** Somebody writes the run, and what is told of it arrives. */
  readonly isLive = computed(() => this.connection.value === "live" && !this.isLeft.value);
  readonly problem = signal<ErrorAnswer | undefined>(undefined);
  /** How often the page had to begin anew, because another run had taken this one's name. */
  readonly restarts = signal(0);
  readonly head = signal<Position>(0);
  readonly isCaughtUp = signal(false);
  /** The position that somebody chose; undefined follows the newest. */
  readonly chosen = signal<Position | undefined>(undefined);
  readonly selected = signal<StepId | undefined>(undefined);
  readonly statusFilter = signal<StepStatus | undefined>(undefined);
  readonly textFilter = signal("");
  readonly isPlaying = signal(false);
  /** The time of day, where a run that is followed shows how long things take. */
  readonly clock = signal<EpochMs | undefined>(undefined);
  #log = new EventLog();
  #frames = new FrameStore(this.#log);

  readonly position = computed(() => Math.min(this.chosen.value ?? this.head.value, this.head.value));
  readonly isFollowing = computed(() => this.chosen.value === undefined);
  /** The run as it was at the position; undefined before the first event. */
  readonly frame: ReadonlySignal<RunSnapshot | undefined> = computed(() => {
    void this.restarts.value;
    return this.#frames.at(this.position.value);
  });
  /**
   * Until when what has not ended is shown: the newest event of the frame, or now where the run is followed. Where the connection is lost,
   * that is when it was there last: time never goes back.
   */
  readonly now: ReadonlySignal<EpochMs> = computed(() => {
    const at = this.frame.value?.updatedAt ?? 0;
    const isConnected = this.connection.value === "live" || this.connection.value === "reconnecting";
    const isFollowed = isConnected && !this.isLeft.value;
    return this.isFollowing.value && isFollowed ? Math.max(at, this.clock.value ?? at) : at;
  });
  readonly timeline: ReadonlySignal<TimelineRows | undefined> = computed(() => {
    const frame = this.frame.value;
    return frame === undefined ? undefined : timelineRowsOf(() => this.#log.until(frame.position), frame);
  });
  /** The attempts of the chosen step. Its own events do not tell that a fork broke one off; those of the run do. */
  readonly attempts: ReadonlySignal<readonly Span[]> = computed(
    () => this.timeline.value?.rows.find((row) => row.step.id === this.selected.value)?.spans ?? [],
  );
  readonly story: ReadonlySignal<StepStory | undefined> = computed(() => {
    const step = this.selected.value;
    const frame = this.frame.value;
    return step === undefined || frame === undefined ? undefined : stepStoryOf(this.#log.ofStep(step, frame.position));
  });

  constructor(id: RunId) {
    this.id = id;
  }

  get life(): RunLife {
    return this.#log.life;
  }

  /** Where the next event is asked for. */
  get end(): Position {
    return this.#log.head;
  }

  /** Events folded so far, for tests of what a step of the slider costs. */
  get folded(): number {
    return this.#frames.folded;
  }

  eventAt(position: Position): RecordedEvent | undefined {
    return this.#log.at(position);
  }

  /** Takes events in; shown when {@link show} is called, so that many that come together are drawn once. */
  take(events: readonly RecordedEvent[], life: RunLife = ""): { hasGap: boolean } {
    this.#log.life = life;
    return this.#log.append(events);
  }

  show(): void {
    const end = this.#log.head;
    this.#frames.at(end);
    const { brokenAt } = this.#frames;
    if (brokenAt !== undefined) this.problem.value = unreadableAt(brokenAt);
    this.head.value = brokenAt === undefined ? end : brokenAt - 1;
  }

  /** Another run has this one's name: nothing of what was seen is of it. */
  restart(life: RunLife): void {
    this.#log = new EventLog(life);
    this.#frames = new FrameStore(this.#log);
    batch(() => {
      this.head.value = 0;
      this.isCaughtUp.value = false;
      this.chosen.value = undefined;
      this.selected.value = undefined;
      this.restarts.value++;
    });
  }

  /** Goes to a position, as far as there is one; the page then no longer follows the run. */
  goTo(position: Position): void {
    this.chosen.value = Math.max(1, Math.min(Math.round(position), this.head.value));
  }

  goBy(events: number): void {
    this.goTo(this.position.value + events);
  }

  follow(): void {
    batch(() => {
      this.chosen.value = undefined;
      this.isPlaying.value = false;
    });
  }

  select(step: StepId | undefined): void {
    this.selected.value = step;
  }
}

function unreadableAt(position: Position): ErrorAnswer {
  return {
    code: "viewer.unreadable",
    message: `Event ${position} of the run cannot be understood, so the run is shown up to there.`,
    hint: "A later version of Runfold may have written it; runfold verify says more.",
  };
}
