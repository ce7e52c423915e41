import * as fc from "fast-check";
import { produce, setAutoFreeze } from "immer";
import { of, Subject } from "rxjs";
import { describe, expect, test } from "vitest";
import { foldProjection, project } from "runfold";
import type { Projection, RecordedEvent } from "runfold";
import { did, record } from "./events.ts";

interface Board {
  readonly byStep: { readonly [step: string]: { readonly seen: number; readonly last: string } };
  readonly order: readonly string[];
  readonly total: number;
}

const empty: Board = { byStep: {}, order: [], total: 0 };

const board: Projection<Board> = {
  initial: empty,
  apply(draft, { event }) {
    draft.total++;
    if (!("step" in event) || event.step === undefined) return;
    const seen = draft.byStep[event.step];
    if (seen === undefined) {
      draft.byStep[event.step] = { seen: 1, last: event.type };
      draft.order.push(event.step);
    } else {
      seen.seen++;
      seen.last = event.type;
    }
  },
};

/** The same recipe on plain values that are copied whole. */
function plainFold(events: readonly RecordedEvent[]): Board {
  const state: Parameters<typeof board.apply>[0] = { byStep: {}, order: [], total: 0 };
  for (const recorded of events) board.apply(state, recorded);
  return state;
}

const someEvents = fc
  .array(
    fc.constantFrom(did.start("a"), did.start("b"), did.succeed("a"), did.fail("b"), did.text("c", "x"), {
      type: "run.expired",
      deadlineAt: 1,
    } as const),
    { maxLength: 60 },
  )
  .map((events) => record(events));

describe("folding", () => {
  test("gives what the recipe gives on plain values, and leaves the initial state alone", () => {
    fc.assert(
      fc.property(someEvents, (events) => {
        expect(foldProjection(board, events)).toEqual(plainFold(events));
      }),
    );
    expect(empty).toEqual({ byStep: {}, order: [], total: 0 });
  });

  test("nothing gives the initial state itself", () => {
    expect(foldProjection(board, [])).toBe(empty);
  });

  test("takes maps and sets", () => {
    const seen: Projection<{ times: Map<string, number>; steps: Set<string> }> = {
      initial: { times: new Map(), steps: new Set() },
      apply({ times, steps }, { event }) {
        times.set(event.type, (times.get(event.type) ?? 0) + 1);
        if ("step" in event && event.step !== undefined) steps.add(event.step);
      },
    };
    const { times, steps } = foldProjection(seen, record([did.start("a"), did.start("b"), did.succeed("a")]));
    expect([[...times.values()], [...steps]]).toEqual([
      [2, 1],
      ["a", "b"],
    ]);
    expect([seen.initial.times.size, seen.initial.steps.size]).toEqual([0, 0]);
  });

  test("keeps a recipe's own this, and ignores what it returns", () => {
    class Counter implements Projection<{ count: number }> {
      readonly initial = { count: 0 };
      readonly #step = 2;
      apply(draft: { count: number }): void {
        draft.count += this.#step;
      }
    }
    const states: number[] = [];
    of(...record([did.start("a"), did.start("b")]))
      .pipe(project(new Counter()))
      .subscribe(({ count }) => void states.push(count));
    expect([states, foldProjection(new Counter(), record([did.start("a")])).count]).toEqual([[2, 4], 2]);
  });
});

describe("projecting a stream", () => {
  test("gives after each event what folding gives up to there", () => {
    fc.assert(
      fc.property(someEvents, (events) => {
        const states: Board[] = [];
        of(...events)
          .pipe(project(board))
          .subscribe((state) => void states.push(state));
        expect(states).toEqual(events.map((_, index) => plainFold(events.slice(0, index + 1))));
      }),
    );
  });

  test("gives states that never change later, and share what did not change", () => {
    const states: Board[] = [];
    const events = record([did.start("a"), did.start("b"), did.succeed("b")]);
    of(...events)
      .pipe(project(board))
      .subscribe((state) => void states.push(state));
    expect(states[0]!.byStep).toEqual({ a: { seen: 1, last: "step.started" } });
    expect(states[2]!.byStep["a"]).toBe(states[0]!.byStep["a"]);
    expect(states[2]!.order).toBe(states[1]!.order);
  });

  test("begins anew for each subscriber", () => {
    const source = new Subject<RecordedEvent>();
    const boards = source.pipe(project(board));
    const totals: number[] = [];
    boards.subscribe(({ total }) => void totals.push(total));
    source.next(record([did.start("a")])[0]!);
    boards.subscribe(({ total }) => void totals.push(total));
    source.next(record([did.start("a")])[0]!);
    expect(totals).toEqual([1, 2, 1]);
  });

  test("ends for a recipe that throws, for its own subscriber alone", () => {
    const source = new Subject<RecordedEvent>();
    const errors: unknown[] = [];
    const boom = new Error("boom");
    const broken: Projection<Board> = {
      initial: empty,
      apply() {
        throw boom;
      },
    };
    const heard: number[] = [];
    source.pipe(project(broken)).subscribe({ error: (error: unknown) => void errors.push(error) });
    source.pipe(project(board)).subscribe(({ total }) => void heard.push(total));
    for (const recorded of record([did.start("a"), did.start("b")])) source.next(recorded);
    expect([errors, heard]).toEqual([[boom], [1, 2]]);
  });

  test("passes on the end and the error of its source", () => {
    const ends: unknown[] = [];
    const source = new Subject<RecordedEvent>();
    source.pipe(project(board)).subscribe({ complete: () => void ends.push("complete") });
    source.complete();
    const failing = new Subject<RecordedEvent>();
    failing.pipe(project(board)).subscribe({ error: (error: unknown) => void ends.push(error) });
    failing.error("no more");
    expect(ends).toEqual(["complete", "no more"]);
  });
});

test("the application's own use of immer and ours leave each other alone", () => {
  const events = record([did.start("a")]);
  setAutoFreeze(true);
  expect(Object.isFrozen(foldProjection(board, events))).toBe(false);
  expect(Object.isFrozen(produce({ a: { b: 1 } }, (draft) => void draft.a.b++))).toBe(true);
  setAutoFreeze(false);
  expect(Object.isFrozen(produce({ a: 1 }, (draft) => void draft.a++))).toBe(false);
  expect(foldProjection(board, events)).toEqual(plainFold(events));
  setAutoFreeze(true);
});
