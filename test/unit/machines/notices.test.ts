import { describe, expect, test } from "vitest";
import type { Event } from "../../../src/domain/events.ts";
import type { GraphNotify, StepDocument } from "../../../src/domain/graph-document.ts";
import { limits } from "../../../src/domain/limits.ts";
import { decide, isRefusal } from "../../../src/machines/decide.ts";
import { initialState } from "../../../src/machines/run-state.ts";
import { startInput } from "../../support/simulate.ts";
import { GivenRun, graphOf, stepOf } from "../../support/given-run.ts";

function given(steps: readonly StepDocument[], notify: GraphNotify = {}): GivenRun {
  const run = new GivenRun(graphOf(steps, undefined, notify));
  run.start();
  return run;
}

type Queued = Extract<Event, { type: "notice.queued" }>;

function noticesIn(events: readonly Event[]): Queued[] {
  return events.filter((event): event is Queued => event.type === "notice.queued");
}

function reasonsIn(events: readonly Event[]): (readonly string[])[] {
  return noticesIn(events).map(({ reasons }) => reasons);
}

function diagnose(
  run: GivenRun,
  code: string,
  severity: "info" | "warning" | "error",
  message = "So it is.",
): readonly Event[] {
  return run.when({ type: "diagnostic.record", code, severity, message });
}

const abc = [stepOf("a"), stepOf("b"), stepOf("c")];

describe("milestones without an interval", () => {
  test("tell the first result at once, and the end in a notice of its own, right before it", () => {
    const run = given(abc, { minIntervalSeconds: 0 });
    expect(noticesIn(run.succeed("a"))).toEqual([
      { type: "notice.queued", notice: 1, isTerminal: false, reasons: ["sink a succeeded"] },
    ]);
    run.succeed("b");
    const end = run.succeed("c");
    expect(end.at(-1)?.type).toBe("run.settled");
    expect(end.at(-2)).toEqual({
      type: "notice.queued",
      notice: 3,
      isTerminal: true,
      status: "succeeded",
      reasons: ["terminal:succeeded", "sink c succeeded"],
    });
  });

  test("tell each end that is no success, of any step; of a result both reasons", () => {
    const run = given([stepOf("a"), stepOf("x"), stepOf("b", { needs: ["a"] }), stepOf("c")], {
      minIntervalSeconds: 0,
    });
    expect(reasonsIn(run.fail("a"))).toEqual([["step a failed", "sink b blocked", "step b blocked"]]);
    run.timeOut("x");
    expect(reasonsIn(run.fail("x", { kind: "timedOut" }))).toEqual([["sink x timed_out", "step x timed_out"]]);
  });

  test("tell nothing of a step that succeeds and is no result", () => {
    const run = given([stepOf("a"), stepOf("b", { needs: ["a"] })], { minIntervalSeconds: 0 });
    expect(reasonsIn(run.succeed("a"))).toEqual([]);
  });

  test("tell a diagnostic that matters, and none that is said in passing, nor one about those who are told", () => {
    const run = given(abc, { minIntervalSeconds: 0 });
    expect(reasonsIn(diagnose(run, "disk-slow", "warning"))).toEqual([["diagnostic:disk-slow"]]);
    expect(reasonsIn(diagnose(run, "disk-broken", "error"))).toEqual([["diagnostic:disk-broken"]]);
    expect(reasonsIn(diagnose(run, "stderr", "info"))).toEqual([]);
    for (const code of ["notice-failed", "observer-failed", "agent-stray-lines"]) {
      expect(reasonsIn(diagnose(run, code, "error")), code).toEqual([]);
    }
  });

  test("tell nothing while the run is being ended, but for its end", () => {
    const run = given(abc, { minIntervalSeconds: 0 });
    expect(reasonsIn(run.cancel())).toEqual([]);
    expect(reasonsIn(run.abort("a"))).toEqual([]);
    expect(reasonsIn(run.succeed("b"))).toEqual([]);
    expect(reasonsIn(run.abort("c"))).toEqual([["terminal:canceled"]]);
  });

  test("tell that a run expired", () => {
    const run = given(abc, { minIntervalSeconds: 0 });
    run.expire();
    run.abort("a");
    run.abort("b");
    expect(noticesIn(run.abort("c"))).toMatchObject([{ status: "expired", reasons: ["terminal:expired"] }]);
  });
});

describe("the end", () => {
  test("names what failed, was blocked or timed out in declared order, never what was canceled or succeeded", () => {
    const steps = [stepOf("z"), stepOf("a", { needs: ["z"] }), stepOf("slow"), stepOf("well"), stepOf("stopped")];
    const run = given(steps, { mode: "final" });
    run.fail("z");
    run.timeOut("slow");
    run.fail("slow", { kind: "timedOut" });
    run.succeed("well");
    run.cancel();
    expect(reasonsIn(run.abort("stopped"))).toEqual([
      ["terminal:canceled", "step z failed", "step a blocked", "step slow timed_out"],
    ]);
  });

  test("is all that is told in the mode final, and nothing is in the mode none", () => {
    for (const [mode, count] of [
      ["final", 1],
      ["none", 0],
    ] as const) {
      const run = given(abc, { mode, minIntervalSeconds: 0 });
      const told = [run.fail("a"), run.succeed("b"), run.succeed("c")].flatMap(noticesIn);
      expect(told.map(({ isTerminal }) => isTerminal)).toEqual(Array.from({ length: count }, () => true));
    }
  });

  test("bounds its reasons, and counts the rest", () => {
    const many = Array.from({ length: 250 }, (_, number) => stepOf(`s${number}`, { needs: ["first"] }));
    const run = given([stepOf("first"), ...many], { mode: "final" });
    const [end] = noticesIn(run.fail("first"));
    expect(end!.reasons).toHaveLength(limits.noticeReasonsMax);
    expect(end!.reasons.slice(0, 3)).toEqual(["terminal:failed", "step first failed", "step s0 blocked"]);
    expect(end!.omittedReasons).toBe(252 - limits.noticeReasonsMax);
  });
});

describe("an interval", () => {
  test("lets the first reason be told at once, and later ones together, when it is over", () => {
    const run = given([...abc, stepOf("d")], { minIntervalSeconds: 10 });
    expect(reasonsIn(run.succeed("a"))).toEqual([["sink a succeeded"]]);
    run.now += 3_000;
    expect(reasonsIn(run.succeed("b"))).toEqual([]);
    expect(reasonsIn(diagnose(run, "odd", "warning"))).toEqual([]);
    expect(reasonsIn(diagnose(run, "odd", "warning", "Again."))).toEqual([]);
    run.now += 7_000;
    expect(reasonsIn(run.when({ type: "notice.due", notice: 2 }))).toEqual([["sink b succeeded", "diagnostic:odd"]]);
  });

  test("that is over is not waited for: whatever comes next tells what waits", () => {
    const run = given(abc, { minIntervalSeconds: 10 });
    run.succeed("a");
    run.succeed("b");
    run.now += 10_000;
    expect(reasonsIn(diagnose(run, "passing", "info"))).toEqual([["sink b succeeded"]]);
  });

  test("that has not begun is due at once, after a long time as well", () => {
    const run = given(abc, { minIntervalSeconds: 3_600 });
    run.now += 1;
    expect(reasonsIn(run.succeed("a"))).toEqual([["sink a succeeded"]]);
  });

  test("hands what still waits to the end", () => {
    const run = given(abc);
    run.succeed("a");
    run.fail("b");
    expect(reasonsIn(run.succeed("c"))).toEqual([
      ["terminal:mixed", "step b failed", "sink b failed", "sink c succeeded"],
    ]);
  });

  test("and a cancel: what waited is told with the end", () => {
    const run = given(abc);
    run.succeed("a");
    run.succeed("b");
    run.cancel();
    expect(reasonsIn(run.abort("c"))).toEqual([["terminal:canceled", "sink b succeeded"]]);
  });

  test("goes on after the process was lost", () => {
    const run = given(abc);
    run.succeed("a");
    run.succeed("b");
    expect(reasonsIn(run.recover())).toEqual([]);
    expect(reasonsIn(run.when({ type: "notice.due", notice: 2 }))).toEqual([["sink b succeeded"]]);
  });

  test("whose timer comes late, twice or too early is refused", () => {
    const run = given(abc);
    expect(run.refusal({ type: "notice.due", notice: 1 })).toBe("stale");
    run.succeed("a");
    expect(run.refusal({ type: "notice.due", notice: 2 })).toBe("stale");
    run.succeed("b");
    expect(run.refusal({ type: "notice.due", notice: 1 })).toBe("stale");
    run.cancel();
    expect(run.refusal({ type: "notice.due", notice: 2 })).toBe("stale");
    run.abort("c");
    expect(run.refusal({ type: "notice.due", notice: 2 })).toBe("ended");
  });
});

describe("a cap", () => {
  test("of one lets three results be one milestone, which says that it is the last, and the end count the rest", () => {
    const run = given(abc, { maxNotices: 1, minIntervalSeconds: 0 });
    expect(noticesIn(run.succeed("a"))).toMatchObject([{ isLast: true, reasons: ["sink a succeeded"] }]);
    expect(noticesIn(run.succeed("b"))).toEqual([]);
    const [end] = noticesIn(run.succeed("c"));
    expect(end).toMatchObject({ notice: 2, isTerminal: true, reasons: ["terminal:succeeded"], omittedReasons: 2 });
    expect(end).not.toHaveProperty("isLast");
  });

  test("of nothing leaves the end alone", () => {
    const run = given(abc, { maxNotices: 0 });
    const told = [run.succeed("a"), run.succeed("b"), run.succeed("c")].flatMap(noticesIn);
    expect(told).toMatchObject([{ notice: 1, isTerminal: true, omittedReasons: 3 }]);
  });

  test("is that of the graph's default where it has none: twelve, every ten seconds", () => {
    const run = given(Array.from({ length: 6 }, (_, number) => stepOf(`s${number}`)));
    let told = 0;
    for (let number = 0; number < 40; number++) {
      told += noticesIn(diagnose(run, `code-${number}`, "warning")).length;
      run.now += 10_000;
    }
    expect(told).toBe(12);
  });

  test("counts anew for a fork, whose numbers go on", () => {
    const run = given(abc, { maxNotices: 1, minIntervalSeconds: 0 });
    run.succeed("a");
    run.fork();
    expect(noticesIn(run.succeed("b"))).toMatchObject([{ notice: 2, isLast: true, reasons: ["sink b succeeded"] }]);
  });
});

test("reasons that wait are bounded, however many steps end within one interval", () => {
  const run = given(
    Array.from({ length: 300 }, (_, number) => stepOf(`s${number}`, { needs: ["first"] })).concat(
      stepOf("first"),
      stepOf("other"),
    ),
  );
  diagnose(run, "first", "warning");
  run.fail("first");
  const [notice] = noticesIn(run.when({ type: "notice.due", notice: 2 }));
  expect(notice!.reasons).toHaveLength(limits.noticeReasonsMax);
  expect(notice!.omittedReasons).toBe(601 - limits.noticeReasonsMax);
});

test("twenty thousand results are as many notices as the cap allows, and the end", () => {
  const count = 20_000;
  const steps = Array.from({ length: count }, (_, number) => stepOf(`s${number}`));
  const state = initialState();
  decide(state, startInput(graphOf(steps, { concurrency: 10_000 }, { minIntervalSeconds: 0, maxNotices: 100 })), 0);
  let told = 0;
  for (const { id } of steps) {
    const events = decide(state, { type: "step.succeed", step: id, attempt: 1, output: { value: null } }, 1);
    if (isRefusal(events)) throw new Error(events.message);
    told += noticesIn(events).length;
  }
  expect([state.phase, told]).toEqual(["succeeded", 101]);
});

test("a commit of a version before notices is decided without any; whoever goes on with its run tells what waits", () => {
  const state = initialState();
  const graph = graphOf(abc, undefined, { minIntervalSeconds: 0 });
  const told = (input: Parameters<typeof decide>[1], schema: number): number => {
    const events = decide(state, input, 1, schema);
    return isRefusal(events) ? -1 : noticesIn(events).length;
  };
  expect(told(startInput(graph), 2)).toBe(0);
  expect(told({ type: "step.succeed", step: "a", attempt: 1, output: { value: null } }, 2)).toBe(0);
  expect(told({ type: "step.succeed", step: "b", attempt: 1, output: { value: null } }, 3)).toBe(1);
  expect(told({ type: "step.succeed", step: "c", attempt: 1, output: { value: null } }, 2)).toBe(0);
});
