import { observable } from "rxjs";
import type { Observable, Observer, Subscribable, Subscription } from "rxjs";
import type { RunSnapshot } from "../projections/run-snapshot.ts";

/** What makes a run an Observable of its snapshots to others: RxJS's `from(run)`, XState's `fromObservable(() => run)`. */
export abstract class ObservableRun {
  abstract readonly snapshot$: Observable<RunSnapshot>;

  /** The key by which libraries find out that something can be observed. */
  declare readonly [Symbol.observable]: () => Subscribable<RunSnapshot>;

  static {
    // There is no such symbol where nobody has made one: RxJS knows which name it then looks for.
    Object.defineProperty(this.prototype, observable, {
      value(this: ObservableRun) {
        return this.snapshot$;
      },
      configurable: true,
      writable: true,
    });
  }

  /** As {@link snapshot$}: the snapshot now, then a new one after each batch of commits. */
  subscribe(observer?: Partial<Observer<RunSnapshot>> | ((snapshot: RunSnapshot) => void)): Subscription;
  subscribe(
    next?: ((snapshot: RunSnapshot) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription;
  subscribe(
    first?: Partial<Observer<RunSnapshot>> | ((snapshot: RunSnapshot) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    if (typeof first === "object" && first !== null) return this.snapshot$.subscribe(first);
    return this.snapshot$.subscribe({
      ...(first ? { next: first } : {}),
      ...(error ? { error } : {}),
      ...(complete ? { complete } : {}),
    });
  }
}
