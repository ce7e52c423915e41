import type { RecordedEvent } from "../../../domain/events.ts";
import type { Position, RunLife, StepId } from "../../../domain/ids.ts";

/** The events of one life of a run, as far as the page has them: in order, from the first, without a gap. */
export class EventLog {
  #events: RecordedEvent[] = [];
  readonly #ofStep = new Map<StepId, RecordedEvent[]>();
  #life: RunLife;

  constructor(life: RunLife = "") {
    this.#life = life;
  }

  get life(): RunLife {
    return this.#life;
  }

  set life(life: RunLife) {
    this.#life = life;
  }

  get head(): Position {
    return this.#events.length;
  }

  /** Takes what follows; what it has already is passed over. Whether there was a gap, in which case nothing after it is taken. */
  append(events: readonly RecordedEvent[]): { hasGap: boolean } {
    for (const recorded of events) {
      if (recorded.position <= this.head) continue;
      if (recorded.position !== this.head + 1) return { hasGap: true };
      this.#events.push(recorded);
      const { event } = recorded;
      if (!("step" in event) || event.step === undefined) continue;
      const known = this.#ofStep.get(event.step);
      if (known === undefined) this.#ofStep.set(event.step, [recorded]);
      else known.push(recorded);
    }
    return { hasGap: false };
  }

  at(position: Position): RecordedEvent | undefined {
    return this.#events[position - 1];
  }

  /** All events up to a position. */
  *until(position: Position): Generator<RecordedEvent> {
    for (let index = 0; index < position && index < this.#events.length; index++) yield this.#events[index]!;
  }

  /** The events of one step up to a position. */
  ofStep(step: StepId, position: Position): readonly RecordedEvent[] {
    const events = this.#ofStep.get(step) ?? [];
    const end = events.findIndex((recorded) => recorded.position > position);
    return end === -1 ? events : events.slice(0, end);
  }
}
