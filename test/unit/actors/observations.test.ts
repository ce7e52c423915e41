import { describe, expect, test } from "vitest";
import { defineGraph, step, task } from "runfold";
import type { Observer, RunBeginning } from "runfold";
import { Observations } from "../../../src/actors/observations.ts";
import { RunStream } from "../../../src/actors/run-stream.ts";
import type { AttemptScope } from "../../../src/ports/observer.ts";
import { openWorld } from "./world.ts";

const failures: unknown[] = [];

function observationsOf(...scopes: readonly AttemptScope[]): Observations {
  failures.length = 0;
  const observers = scopes.map((scope): Observer => ({
    begin: () => ({ next: () => undefined, scopeOf: () => scope }),
  }));
  const host = { run: "r", life: "l", past: undefined, note: () => undefined };
  return new Observations(observers, { ...host, failed: (error) => void failures.push(error) });
}

const calls = (scope: AttemptScope | undefined, work: () => unknown): unknown => scope?.enter?.(work) ?? "no scope";

describe("what stands around the work of an attempt", () => {
  test("lies one in the other, the first outside, and the first's variables win", () => {
    const order: string[] = [];
    const scope = (name: string): AttemptScope => ({
      variables: { SHARED: name, [name]: "1" },
      enter: (work) => {
        order.push(`into ${name}`);
        const given = work();
        order.push(`out of ${name}`);
        return given;
      },
    });
    const both = observationsOf(scope("ONE"), scope("TWO")).scopeOf("a", 1);
    expect(both?.variables).toEqual({ SHARED: "ONE", ONE: "1", TWO: "1" });
    expect(calls(both, () => order.push("work"))).toBe(3);
    expect(order).toEqual(["into ONE", "into TWO", "work", "out of TWO", "out of ONE"]);
  });

  test.each<readonly [string, AttemptScope["enter"], number]>([
    ["throws before the work", () => fail("before"), 1],
    ["throws after the work", (work) => (work(), fail("after")), 1],
    ["never calls it", () => undefined as never, 0],
    ["calls it twice", (work) => (work(), work()), 0],
    ["gives something else", () => "else" as never, 0],
  ])("does not change that the work is done once, and what it gives, where it %s", (_how, enter, failed) => {
    let done = 0;
    expect(calls(observationsOf({ ...(enter && { enter }) }).scopeOf("a", 1), () => ++done)).toBe(1);
    expect([done, failures.length]).toEqual([1, failed]);
  });

  test("lets through what the work throws, which is no failure of an observer", () => {
    const scope = observationsOf({ enter: (work) => work() }).scopeOf("a", 1);
    expect(() => calls(scope, () => fail("the work"))).toThrow("the work");
    expect(failures).toEqual([]);
  });
});

describe("an observer of a run", () => {
  const a = step("a", { run: task(() => "done") });
  const graph = defineGraph("g", { objective: "Be watched.", steps: [a] });

  test("hears every event once, is asked again after it threw, and notes what later owners find", async () => {
    const heard: number[] = [];
    const observer: Observer = {
      begin: ({ note }: RunBeginning) => ({
        next: ({ position }) => {
          heard.push(position);
          if (position === 1) note("mark", "Here it is.");
          throw new Error("I always throw.");
        },
      }),
    };
    const { runtime, diagnostics } = await openWorld({ observers: [observer] });
    const run = await runtime.start(graph);
    expect((await run.outcome()).status).toBe("succeeded");
    const events = [];
    for await (const { event } of run.events()) events.push(event);
    expect(heard).toEqual(events.map((_event, index) => index + 1));
    expect(events).toContainEqual(
      expect.objectContaining({ type: "diagnostic.recorded", code: "mark", severity: "info", message: "Here it is." }),
    );
    expect(diagnostics.map(({ code }) => code)).toEqual(["observer-failed"]);
  });

  test("that throws as the run begins, or does not want it, is left out, and nothing listens", async () => {
    let listeners = 0;
    const { listen } = RunStream.prototype;
    RunStream.prototype.listen = function (listener) {
      listeners++;
      return listen.call(this, listener);
    };
    try {
      for (const observers of [[], [{ begin: () => undefined }], [{ begin: () => fail("begin") }]]) {
        const { runtime } = await openWorld({ observers });
        const run = await runtime.start(graph);
        expect((await run.outcome()).status).toBe("succeeded");
      }
      expect(listeners).toBe(0);
      const { runtime } = await openWorld({ observers: [{ begin: () => ({ next: () => undefined }) }] });
      await (await runtime.start(graph)).outcome();
      expect(listeners).toBe(1);
    } finally {
      RunStream.prototype.listen = listen;
    }
  });
});

function fail(what: string): never {
  throw new Error(what);
}
