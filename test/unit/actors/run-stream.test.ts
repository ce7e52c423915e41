import { beforeEach, describe, expect, test } from "vitest";
import { RunfoldError } from "runfold";
import type { Commit, Event } from "runfold";
import { RunStream } from "../../../src/actors/run-stream.ts";
import type { Listener } from "../../../src/actors/run-stream.ts";
import { did, graphOf, startedRun } from "../projections/events.ts";

let stream: RunStream;
let reports: unknown[];
let position: number;

beforeEach(() => {
  reports = [];
  position = 0;
  stream = new RunStream((error) => void reports.push(error));
});

function commit(...events: Event[]): Commit {
  position += events.length;
  return { schema: 1, position, at: position, input: { type: "run.expire" }, events };
}

function listener(next: Listener["next"], after = 0): Listener {
  return { position: after, next };
}

const started = startedRun(graphOf(["a", "b"]));
const settled: Event = { type: "run.settled", status: "succeeded" };
const boom = new Error("boom");

describe("a stream", () => {
  test("tells every listener of every event once, in order, with the views already folded", () => {
    const heard: string[] = [];
    for (const name of ["one", "two"]) {
      stream.listen(listener(({ event, position: at }) => void heard.push(`${name} ${at} ${event.type}`)));
    }
    stream.publish([commit(started, did.start("a")), commit(did.succeed("a"))]);
    expect(heard).toEqual([
      "one 1 run.started",
      "two 1 run.started",
      "one 2 step.started",
      "two 2 step.started",
      "one 3 step.succeeded",
      "two 3 step.succeeded",
    ]);
    expect(stream.view.snapshot().position).toBe(3);
  });

  test("shows a listener the view of the whole batch, never one that is behind the event", () => {
    const positions: number[] = [];
    stream.listen(listener(() => void positions.push(stream.position)));
    stream.publish([commit(started), commit(did.start("a"))]);
    expect(positions).toEqual([2, 2]);
  });

  test("tells of nothing that a listener has seen already", () => {
    const heard: number[] = [];
    stream.listen(listener((recorded) => void heard.push(recorded.position), 2));
    stream.publish([commit(started, did.start("a"), did.start("b"))]);
    expect(heard).toEqual([3]);
  });

  test("keeps its order for listeners that are added and removed while it tells", () => {
    const heard: string[] = [];
    const stop = stream.listen(listener(({ position: at }) => void heard.push(`early ${at}`)));
    stream.listen(
      listener(({ position: at }) => {
        heard.push(`middle ${at}`);
        if (at !== 1) return;
        stop();
        stream.listen(listener(({ position: later }) => void heard.push(`late ${later}`), stream.position));
      }),
    );
    stream.publish([commit(started, did.start("a"))]);
    stream.publish([commit(did.start("b"))]);
    expect(heard).toEqual(["early 1", "middle 1", "middle 2", "middle 3", "late 3"]);
  });

  test("drops a listener that throws, reports it once, and tells the others on", () => {
    const heard: number[] = [];
    stream.listen(
      listener(() => {
        throw boom;
      }),
    );
    stream.listen(listener(({ position: at }) => void heard.push(at)));
    stream.publish([commit(started, did.start("a"))]);
    stream.publish([commit(did.start("b"))]);
    expect([reports, heard]).toEqual([[boom], [1, 2, 3]]);
  });

  test("tells of each batch once, after its events", () => {
    const heard: string[] = [];
    stream.listenBatches({ advanced: () => void heard.push("batch") });
    stream.listen(listener(({ position: at }) => void heard.push(String(at))));
    stream.publish([commit(started), commit(did.start("a"))]);
    expect(heard).toEqual(["1", "2", "batch"]);
  });

  test("does not stop for a batch listener that throws", () => {
    let batches = 0;
    stream.listenBatches({
      advanced: () => {
        throw boom;
      },
    });
    stream.listenBatches({ advanced: () => void batches++ });
    stream.publish([commit(started)]);
    expect([reports, batches]).toEqual([[boom], 1]);
  });

  test("knows which events matter, whether or not anyone listened", () => {
    stream.publish([commit(started, did.start("a"), did.fail("a"))]);
    expect(stream.material.forRun(0)).toEqual([3]);
  });
});

describe("a stream that stops", () => {
  const closed = new RunfoldError("runtime.closed", "Closed.");

  test("says why, once, also to those that throw and those that come late", () => {
    const heard: unknown[] = [];
    stream.publish([commit(started)]);
    stream.onStop(() => {
      throw boom;
    });
    stream.onStop((error) => void heard.push(error));
    const forget = stream.onStop(() => void heard.push("forgotten"));
    forget();
    stream.stop(closed);
    stream.stop(new RunfoldError("journal.failed", "Again."));
    expect([heard, reports, stream.failure]).toEqual([[closed], [boom], closed]);
  });

  test("after the end of the run has not failed", () => {
    stream.publish([commit(started, did.start("a"), did.succeed("a"), settled)]);
    stream.stop(closed);
    expect([stream.isEnded, stream.failure]).toEqual([true, undefined]);
  });
});

test("the end of the run is known before anyone is told of it", () => {
  let status = "";
  stream.listen(
    listener(({ event }) => {
      if (event.type === "run.settled") status = `${stream.isEnded} ${stream.view.snapshot().status}`;
    }),
  );
  stream.publish([commit(started, settled)]);
  expect(status).toBe("true succeeded");
});
