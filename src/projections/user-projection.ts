import { enableMapSet, Immer } from "immer";
import type { Draft } from "immer";
import { scan } from "rxjs";
import type { OperatorFunction } from "rxjs";
import type { RecordedEvent } from "../domain/events.ts";

/** A view of one's own: where it begins, and a recipe that changes a draft of it for each event. */
export interface Projection<State> {
  readonly initial: State;
  /** Changes the draft in place and returns nothing. Must depend on its arguments alone. */
  apply(draft: Draft<State>, recorded: RecordedEvent): void;
}

// An instance of our own, so that no setting of the application changes how we fold, nor ours how it does.
const immer = new Immer({ autoFreeze: false });
// So that a state may hold maps and sets. Adds to immer what would otherwise be an error.
enableMapSet();

/**
 * Folds a projection. The draft stays open from one event to the next and is finished only when the state is asked for:
 * folding many events so costs a fraction of a draft for each.
 */
class Fold<State> {
  readonly #projection: Projection<State>;
  #state: State;
  #draft: Draft<State> | undefined;

  constructor(projection: Projection<State>, state: State) {
    this.#projection = projection;
    this.#state = state;
  }

  apply(recorded: RecordedEvent): void {
    this.#draft ??= immer.createDraft(this.#state as object) as Draft<State>;
    this.#projection.apply(this.#draft, recorded);
  }

  current(): State {
    if (this.#draft !== undefined) {
      this.#state = immer.finishDraft(this.#draft as never);
      this.#draft = undefined;
    }
    return this.#state;
  }
}

/** The state of a projection after events; `initial` is not touched. */
export function foldProjection<State extends object>(
  projection: Projection<State>,
  events: Iterable<RecordedEvent>,
): State {
  const fold = new Fold(projection, projection.initial);
  for (const recorded of events) fold.apply(recorded);
  return fold.current();
}

/**
 * An RxJS operator: the projection's state after each event, as an immutable value that shares what has not changed.
 * An error in `apply` ends this stream alone.
 */
export function project<State extends object>(projection: Projection<State>): OperatorFunction<RecordedEvent, State> {
  // Made of an operator, not of a new Observable, so that what guards the source's observers also guards those behind it.
  return scan((state: State, recorded: RecordedEvent) => {
    const fold = new Fold(projection, state);
    fold.apply(recorded);
    return fold.current();
  }, projection.initial);
}
