/**
 * Reacts to a run with RxJS: a stream of failures, a projection of one's own, and a command sent from inside a subscriber.
 */
import { defineGraph, openRuntime, project, step, task } from "runfold";
import type { CursoredEvent, Projection } from "runfold";
import { filter, lastValueFrom, map } from "rxjs";

const lanes = ["unit", "types", "style", "links"] as const;
const checks = lanes.map((lane) =>
  step(lane, {
    run: task(async (_needs, { progress }) => {
      progress(`checking ${lane}`);
      if (lane === "types") throw new Error("2 type errors");
      return { lane, findings: 0 };
    }),
  }),
);
const publish = step("publish", {
  needs: Object.fromEntries(checks.map((check) => [check.id, check])),
  run: task(() => "published"),
});

export const release = defineGraph("release", {
  objective: "Publish only what passed every check",
  steps: [...checks, publish],
  limits: { concurrency: 2 },
});

interface Board {
  readonly running: string[];
  readonly ended: Record<string, string>;
}

/** A view of one's own: written as if it changed the state in place, immutable all the same. */
const board: Projection<Board> = {
  initial: { running: [], ended: {} },
  apply: (draft, { event }) => {
    if (event.type === "step.started") draft.running.push(event.step);
    if (event.type === "step.succeeded" || event.type === "step.failed" || event.type === "step.canceled") {
      draft.running = draft.running.filter((step) => step !== event.step);
      draft.ended[event.step] = event.type;
    }
  },
};

/** Runs the release and cancels it at the first failure: whatever has not started then never does. */
export async function tryRelease(): Promise<{ failures: string[]; status: string; board: Board }> {
  await using runtime = await openRuntime();
  const run = await runtime.start(release);

  const failures: string[] = [];
  const isFailure = ({ event }: CursoredEvent): boolean => event.type === "step.failed";
  run.events$
    .pipe(
      filter(isFailure),
      map(({ event }) => ("step" in event ? event.step : undefined)),
    )
    .subscribe((step) => {
      if (step === undefined) return;
      failures.push(step);
      // A command sent from inside a subscriber is queued: no subscriber ever sees events out of order because of it.
      void run.cancel({ reason: `${step} failed` });
    });

  const final = await lastValueFrom(run.events$.pipe(project(board)));
  const { status } = await run.outcome();
  return { failures, status, board: final };
}
