import { from } from "rxjs";
import type { Observable } from "rxjs";
import { fromObservable, setup } from "xstate";
import type { EmittedFrom, InputFrom, OutputFrom, SnapshotFrom } from "xstate";
import { expectTypeOf, test } from "vitest";
import { defineGraph, step, task } from "runfold";
import type { CommandOutput, Event, Json, Run, RunEnd, RunSnapshot, Runtime, StepId } from "runfold";
import { command } from "runfold";
import { toActorLogic } from "runfold/xstate";
import type { RunInput, RunProgress } from "runfold/xstate";

const log = step("log", { run: command("git", ["log"]) });
const count = step("count", { needs: { log }, run: task(() => 5) });

// Types alone are looked at, so nothing of this is called.
const logicOf = (runtime: Runtime) => {
  const graph = defineGraph("graph", { objective: "To be typed.", steps: [log, count] });
  return {
    plain: toActorLogic(runtime, graph),
    named: toActorLogic(runtime, graph, { results: { log, total: count } }),
  };
};
type Logic = ReturnType<typeof logicOf>;

test("the logic of a run has typed input, output, snapshot and emitted events", () => {
  expectTypeOf<InputFrom<Logic["plain"]>>().toEqualTypeOf<RunInput | undefined>();
  expectTypeOf<OutputFrom<Logic["plain"]>["status"]>().toEqualTypeOf<RunEnd>();
  expectTypeOf<OutputFrom<Logic["plain"]>["outputs"]>().toEqualTypeOf<Readonly<Record<StepId, Json>>>();
  expectTypeOf<OutputFrom<Logic["named"]>["outputs"]>().toEqualTypeOf<{
    readonly log: CommandOutput | undefined;
    readonly total: number | undefined;
  }>();
  expectTypeOf<SnapshotFrom<Logic["plain"]>["progress"]>().toEqualTypeOf<RunProgress | undefined>();
  expectTypeOf<EmittedFrom<Logic["plain"]>>().toEqualTypeOf<Event>();
});

test("a machine that invokes it knows those types, and refuses others", () => {
  const machine = (named: Logic["named"]) =>
    setup({ actors: { named }, actions: { note: (_, text: number | undefined) => void text } }).createMachine({
      invoke: {
        src: "named",
        input: { id: "run-1" },
        onDone: { actions: { type: "note", params: ({ event }) => event.output.outputs.total } },
        onSnapshot: { guard: ({ event }) => event.snapshot.progress?.status === "running" },
      },
    });
  expectTypeOf(machine).returns.not.toBeAny();
  const wrong = (named: Logic["named"]) =>
    // @ts-expect-error -- an id is text
    setup({ actors: { named } }).createMachine({ invoke: { src: "named", input: { id: 5 } } });
  expectTypeOf(wrong).returns.not.toBeAny();
});

test("a run is an Observable of its snapshots to RxJS and to XState", () => {
  const observed = (run: Run) => from(run);
  expectTypeOf(observed).returns.toEqualTypeOf<Observable<RunSnapshot>>();
  const logic = (run: Run) => fromObservable(() => run);
  expectTypeOf<SnapshotFrom<ReturnType<typeof logic>>["context"]>().toEqualTypeOf<RunSnapshot | undefined>();
});
