import { Observable, Subscriber } from "rxjs";
import type { Observer, Operator, Subscription, TeardownLogic } from "rxjs";

/** Is told of errors that an observer threw, or did not handle. */
export type ObserverReport = (error: unknown) => void;

/**
 * An Observable whose observers cannot hurt: RxJS rethrows what an observer throws as an uncaught exception, which ends a Node
 * process. Here the observer is unsubscribed and the error reported, also behind any chain of operators, because `lift`
 * makes every derived Observable a guarded one.
 */
export class GuardedObservable<T> extends Observable<T> {
  readonly #report: ObserverReport;

  constructor(report: ObserverReport, subscribe?: (this: Observable<T>, subscriber: Subscriber<T>) => TeardownLogic) {
    super(subscribe);
    this.#report = report;
  }

  // Deprecated for users, but still how operators derive an Observable from this one.
  override lift<R>(operator?: Operator<T, R>): Observable<R> {
    const derived = new GuardedObservable<R>(this.#report);
    derived.source = this;
    if (operator !== undefined) derived.operator = operator;
    return derived;
  }

  override subscribe(observer?: Partial<Observer<T>> | ((value: T) => void)): Subscription;
  override subscribe(
    next?: ((value: T) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription;
  override subscribe(
    first?: Partial<Observer<T>> | ((value: T) => void) | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    // A Subscriber comes from an operator or from `toPromise`: its own end is guarded further down the chain.
    if (first instanceof Subscriber) return super.subscribe(first);
    const observer: Partial<Observer<T>> =
      typeof first === "object" && first !== null
        ? first
        : { ...(first ? { next: first } : {}), ...(error ? { error } : {}), ...(complete ? { complete } : {}) };
    const report = this.#report;
    const guarded = new Subscriber<T>({
      next: (value: T) => guard(() => observer.next?.(value)),
      error: (failure: unknown) =>
        guard(() => (observer.error === undefined ? report(failure) : observer.error(failure))),
      complete: () => guard(() => observer.complete?.()),
    });
    function guard(call: () => unknown): void {
      try {
        const returned = call();
        // An async function is taken where a function is, and its rejection would end the process just the same.
        if (returned instanceof Promise) returned.catch(drop);
      } catch (thrown) {
        drop(thrown);
      }
    }
    function drop(thrown: unknown): void {
      guarded.unsubscribe();
      report(thrown);
    }
    return super.subscribe(guarded);
  }
}
