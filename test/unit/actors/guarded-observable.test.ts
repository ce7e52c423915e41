import { filter, firstValueFrom, lastValueFrom, map, share, shareReplay, switchMap, take, toArray, of } from "rxjs";
import type { Subscriber } from "rxjs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { foldProjection, project } from "runfold";
import type { RecordedEvent } from "runfold";
import { GuardedObservable } from "../../../src/actors/guarded-observable.ts";
import { turns } from "./world.ts";

let uncaught: unknown[];
let reports: unknown[];
let subscribers: Subscriber<number>[];
let numbers: GuardedObservable<number>;
const note = (error: unknown): void => void uncaught.push(error);

beforeEach(() => {
  uncaught = [];
  reports = [];
  subscribers = [];
  numbers = new GuardedObservable<number>(
    (error) => void reports.push(error),
    (subscriber) => void subscribers.push(subscriber),
  );
  process.on("uncaughtException", note).on("unhandledRejection", note);
});

afterEach(async () => {
  await turns();
  process.off("uncaughtException", note).off("unhandledRejection", note);
  if (uncaught.length > 0) throw new AggregateError(uncaught, "The process would have ended.");
});

const boom = new Error("boom");
const explode = (): never => {
  throw boom;
};

describe("an observer that throws", () => {
  test("in next is unsubscribed and reported once, and others hear on", () => {
    const heard: number[] = [];
    const subscription = numbers.subscribe(explode);
    numbers.subscribe((value) => void heard.push(value));
    for (const subscriber of subscribers) subscriber.next(1);
    for (const subscriber of subscribers) subscriber.next(2);
    expect(reports).toEqual([boom]);
    expect(subscription.closed).toBe(true);
    expect(heard).toEqual([1, 2]);
  });

  test("in error is reported", () => {
    numbers.subscribe({ error: explode });
    subscribers[0]!.error(new Error("end"));
    expect(reports).toEqual([boom]);
  });

  test("in complete is reported", () => {
    numbers.subscribe({ complete: explode });
    subscribers[0]!.complete();
    expect(reports).toEqual([boom]);
  });

  test("after it returned, as an async function does, is reported too and unsubscribed", async () => {
    const late = async (): Promise<void> => {
      await Promise.resolve();
      throw boom;
    };
    // oxlint-disable-next-line typescript/no-misused-promises -- that is what is tested
    const subscription = numbers.subscribe({ next: late });
    subscribers[0]!.next(1);
    await turns();
    expect(reports).toEqual([boom]);
    expect(subscription.closed).toBe(true);
  });

  test("something that cannot be shown harms nobody", () => {
    numbers.subscribe(() => {
      throw Object.create(null);
    });
    subscribers[0]!.next(1);
    expect(reports).toHaveLength(1);
  });
});

describe("behind operators", () => {
  const chains = {
    map: () => numbers.pipe(map((value) => value + 1)),
    filter: () => numbers.pipe(filter((value) => value > 0)),
    share: () => numbers.pipe(share()),
    shareReplay: () => numbers.pipe(shareReplay(1)),
    switchMap: () => numbers.pipe(switchMap((value) => of(value))),
    "all of them": () =>
      numbers.pipe(
        map((value) => value + 1),
        filter((value) => value > 0),
        share(),
        switchMap((value) => of(value)),
        shareReplay(1),
      ),
  };

  for (const [name, chain] of Object.entries(chains)) {
    test(`an observer behind ${name} that throws is dropped and reported`, () => {
      const subscription = chain().subscribe(explode);
      subscribers[0]!.next(1);
      expect(reports).toEqual([boom]);
      expect(subscription.closed).toBe(true);
    });

    test(`the end of the source reaches an observer behind ${name}`, () => {
      const errors: unknown[] = [];
      chain().subscribe({ error: (error: unknown) => void errors.push(error) });
      subscribers[0]!.error(boom);
      expect(errors).toEqual([boom]);
      expect(reports).toEqual([]);
    });
  }

  test("one sharer that throws does not end it for the others", () => {
    const shared = numbers.pipe(share());
    const heard: number[] = [];
    shared.subscribe(explode);
    shared.subscribe((value) => void heard.push(value));
    subscribers[0]!.next(1);
    subscribers[0]!.next(2);
    expect(subscribers).toHaveLength(1);
    expect(heard).toEqual([1, 2]);
  });

  test("a selector that throws ends its chain alone, through the error handler", () => {
    const errors: unknown[] = [];
    numbers.pipe(map(explode)).subscribe({ error: (error: unknown) => void errors.push(error) });
    subscribers[0]!.next(1);
    expect(errors).toEqual([boom]);
    expect(reports).toEqual([]);
  });

  test("an error that nobody handles is reported and not thrown", () => {
    numbers.pipe(map(explode)).subscribe(() => undefined);
    subscribers[0]!.next(1);
    expect(reports).toEqual([boom]);
  });

  test("an observer behind a projection of one's own is guarded like any other", () => {
    const recorded: RecordedEvent = { position: 1, at: 0, event: { type: "run.cleaned", reason: "" } };
    const source = numbers.pipe(
      map(() => recorded),
      project({ initial: { count: 0 }, apply: (draft) => void draft.count++ }),
    );
    const subscription = source.subscribe(explode);
    subscribers[0]!.next(1);
    expect(reports).toEqual([boom]);
    expect(subscription.closed).toBe(true);
    expect(foldProjection({ initial: { count: 0 }, apply: (draft) => void draft.count++ }, [recorded]).count).toBe(1);
  });
});

describe("otherwise it behaves as an Observable does", () => {
  test("an observer without handlers takes everything and its end", () => {
    numbers.subscribe();
    numbers.subscribe({});
    for (const subscriber of subscribers) subscriber.next(1);
    for (const subscriber of subscribers) subscriber.complete();
    expect(subscribers.every(({ closed }) => closed)).toBe(true);
  });

  test("handlers may be given one by one, null where there is none", () => {
    const ends: string[] = [];
    numbers.subscribe(null, null, () => void ends.push("complete"));
    numbers.subscribe(null, () => void ends.push("error"), null);
    subscribers[0]!.complete();
    subscribers[1]!.error(boom);
    expect(ends).toEqual(["complete", "error"]);
  });

  test("handlers of an object keep their this", () => {
    const observer = {
      sum: 0,
      next(value: number) {
        this.sum += value;
      },
    };
    numbers.subscribe(observer);
    subscribers[0]!.next(3);
    expect(observer.sum).toBe(3);
  });

  test("whoever unsubscribes hears no more, and its source is let go", () => {
    const heard: number[] = [];
    const subscription = numbers.subscribe((value) => {
      heard.push(value);
      subscription.unsubscribe();
    });
    subscribers[0]!.next(1);
    subscribers[0]!.next(2);
    expect(heard).toEqual([1]);
    expect(subscribers[0]!.closed).toBe(true);
  });

  test("values can be had as promises", async () => {
    const first = firstValueFrom(numbers);
    const all = lastValueFrom(numbers.pipe(take(2), toArray()));
    for (const value of [1, 2]) for (const subscriber of subscribers) subscriber.next(value);
    expect(await first).toBe(1);
    expect(await all).toEqual([1, 2]);
  });
});
