import { describe, expect, it } from "vitest";
import { commitSchema } from "../../../src/domain/commit.ts";
import type { Commit } from "../../../src/domain/commit.ts";
import { decide, isRefusal } from "../../../src/machines/decide.ts";
import { follows, replayChanges } from "../../../src/machines/replay-changes.ts";
import { initialState } from "../../../src/machines/run-state.ts";
import { verify } from "../../../src/projections/verify.ts";
import { briefly, GivenRun, graphOf, stepOf } from "../../support/given-run.ts";

const failure = { kind: "thrown", message: "It failed." } as const;

/** A step whose retry could only come after the run's deadline, which is at 6 000, decided by the rules of a schema. */
function lateRetry(schema: number): readonly Commit[] {
  const graph = graphOf([stepOf("a", { retry: { attempts: 2, backoffSeconds: 5 } })], { maxRunSeconds: 5 });
  const state = initialState();
  const commits: Commit[] = [];
  const take = (input: Commit["input"], at: number): void => {
    const events = decide(state, input, at, schema);
    if (!isRefusal(events)) commits.push({ schema, position: state.position, at, input, events });
  };
  take(new GivenRun(graph).startInput(), 1_000);
  take({ type: "step.fail", step: "a", attempt: 1, failure, jitter: 0 }, 1_000);
  take({ type: "run.expire" }, 6_000);
  return commits;
}

const typesOf = (commits: readonly Commit[]): string[] => briefly(commits.flatMap(({ events }) => events));

describe("a change of what the machines decide", () => {
  it("holds from its schema on, and not before", () => {
    expect(follows(replayChanges.retryWithinDeadline.since, "retryWithinDeadline")).toBe(true);
    expect(follows(replayChanges.retryWithinDeadline.since - 1, "retryWithinDeadline")).toBe(false);
  });

  it("says what it changed, and is none of a version to come", () => {
    for (const { since, says } of Object.values(replayChanges)) {
      expect(since).toBeGreaterThan(1);
      expect(since).toBeLessThanOrEqual(commitSchema);
      expect(says.length).toBeGreaterThan(40);
    }
  });

  it("ends a step at once whose retry would come too late, where the run waited for its deadline before", () => {
    expect(typesOf(lateRetry(2))).toEqual(["run.started", "step.started a", "step.failed a", "run.settled failed"]);
    expect(typesOf(lateRetry(1))).toEqual([
      "run.started",
      "step.started a",
      "step.retryScheduled a",
      "run.expired",
      "step.canceled a",
      "run.settled expired",
    ]);
  });

  it("lets a journal of each version be decided again by the rules that it was decided by", () => {
    for (const schema of [1, 2]) expect(verify(lateRetry(schema))).toMatchObject({ ok: true });
    const forged = lateRetry(1).map((commit) => ({ ...commit, schema: 2 }));
    expect(verify(forged)).toMatchObject({ ok: false, commits: 1, divergence: { position: 2, index: 0 } });
  });

  it("holds for what a later version decides in a run that an earlier one began", () => {
    const [start] = lateRetry(1);
    const later = lateRetry(2).slice(1);
    expect(verify([start!, ...later])).toMatchObject({ ok: true });
  });
});
