import { from, lastValueFrom, map, toArray } from "rxjs";
import { createActor, fromObservable, waitFor } from "xstate";
import { expect, expectTypeOf, onTestFinished, test, vi } from "vitest";
import { defineGraph, openRuntime, step, task } from "runfold";
import type { Run, RunSnapshot, RuntimeDiagnostic } from "runfold";

/** A run whose one step ends when it is told to. */
async function started(
  onDiagnostic: (diagnostic: RuntimeDiagnostic) => void = () => undefined,
): Promise<{ readonly run: Run; readonly finish: () => void }> {
  const runtime = await openRuntime({ onDiagnostic });
  onTestFinished(() => runtime.close());
  let finish = (): void => undefined;
  const until = new Promise<void>((resolve) => (finish = resolve));
  const one = step("one", { run: task(() => until) });
  return { run: await runtime.start(defineGraph("one", { objective: "Be observed.", steps: [one] })), finish };
}

test("RxJS takes a run for an Observable of its snapshots", async () => {
  const { run, finish } = await started();
  const observed = from(run);
  const statuses = lastValueFrom(
    observed.pipe(
      map(({ status }) => status),
      toArray(),
    ),
  );
  finish();
  const seen = await statuses;
  expect([seen[0], seen.at(-1)]).toEqual(["running", "succeeded"]);
});

test("XState takes a run for what an actor observes", async () => {
  const { run, finish } = await started();
  const logic = fromObservable(() => run);
  const actor = createActor(logic).start();
  expect(actor.getSnapshot().context?.status).toBe("running");
  finish();
  const { context } = await waitFor(actor, ({ status }) => status === "done");
  expectTypeOf(context).toEqualTypeOf<RunSnapshot | undefined>();
  expect(context?.status).toBe("succeeded");
});

test("a run can be subscribed to in each of the ways of an Observable", async () => {
  const { run, finish } = await started();
  const next = vi.fn<(snapshot: RunSnapshot) => void>();
  const complete = vi.fn<() => void>();
  run.subscribe(next, null, complete);
  run.subscribe({ next, complete });
  run.subscribe(next).unsubscribe();
  finish();
  await run.outcome();
  expect(complete).toHaveBeenCalledTimes(2);
  expect(next.mock.calls.length).toBeGreaterThanOrEqual(5);
});

test("an observer that throws is dropped and reported, as with snapshot$", async () => {
  const onDiagnostic = vi.fn<(diagnostic: RuntimeDiagnostic) => void>();
  const { run, finish } = await started(onDiagnostic);
  run.subscribe(() => {
    throw new Error("boom");
  });
  finish();
  expect((await run.outcome()).status).toBe("succeeded");
  expect(onDiagnostic).toHaveBeenCalledWith(expect.objectContaining({ code: "observer-failed" }));
});
