import { describe, expect, it } from "vitest";
import { commitSchema } from "../../../src/domain/commit.ts";
import type { Commit } from "../../../src/domain/commit.ts";
import type { Event } from "../../../src/domain/events.ts";
import { lift, upcast } from "../../../src/machines/upcast.ts";
import type { Upcaster } from "../../../src/machines/upcast.ts";

function commit(schema: number, events: readonly object[]): Commit {
  return { schema, position: events.length, at: 5, input: { type: "run.expire" }, events: events as readonly Event[] };
}

describe("lifting a commit", () => {
  it("returns one of today's version as it is", () => {
    const today = commit(commitSchema, [{ type: "run.expired", deadlineAt: 4 }]);
    expect(upcast(today)).toBe(today);
  });

  it("gives the start of schema 1 its first owner's epoch, where today's machines write it", () => {
    const owner = { host: "h", pid: 1, processStart: "2" };
    const start = { type: "run.started", run: "r", life: "l", graph: {}, root: "/", places: [], owner, deadlineAt: 9 };
    const lifted = upcast(commit(1, [start, { type: "step.started", step: "a", attempt: 1, deadlineAt: 3 }]));
    expect(JSON.stringify(lifted.events[0])).toBe(
      JSON.stringify({
        type: "run.started",
        run: "r",
        life: "l",
        graph: {},
        root: "/",
        places: [],
        owner,
        epoch: 1,
        deadlineAt: 9,
      }),
    );
    expect(lifted.events).toHaveLength(2);
    expect(lifted.schema).toBe(1);
  });

  it("lifts what has been lifted no second time", () => {
    const lifted = upcast(commit(1, [{ type: "run.expired", deadlineAt: 4 }]));
    expect(upcast(lifted)).toBe(lifted);
  });

  it("goes through every version in between, each step on the result of the one before", () => {
    // A hand-made history: schema 7 said why in `error`, schema 8 in `failure`, schema 9 gave failures a kind.
    const each = (change: (event: Record<string, unknown>) => object): Upcaster => {
      return (before) => ({ ...before, events: before.events.map((event) => change({ ...event }) as Event) });
    };
    const list: Readonly<Record<number, Upcaster>> = {
      7: each(({ error, ...rest }) => ({ ...rest, failure: { message: error } })),
      8: each(({ failure, ...rest }) => ({ ...rest, failure: { kind: "thrown", ...(failure as object) } })),
    };
    const old = commit(7, [{ type: "step.failed", step: "a", attempt: 1, error: "It broke." }]);
    const lifted = lift(old, list, 9);
    expect(lifted.events).toEqual([
      { type: "step.failed", step: "a", attempt: 1, failure: { kind: "thrown", message: "It broke." } },
    ]);
    expect(old.events[0]).toHaveProperty("error", "It broke.");
    expect(lift({ ...lifted, schema: 9 }, list, 9).events).toBe(lifted.events);
  });

  it("fails loudly for a version that nobody can lift", () => {
    expect(() => lift(commit(3, []), {}, 4)).toThrow(/schema 3/);
  });
});
