import { expect, test } from "vitest";
import { defineGraph, memoryJournal, openRuntime, step, task, type Journal } from "runfold";

/** The journal for somebody who hears of what is committed only when the gate is open. */
function hearingLate(journal: Journal, gate: Promise<void>): Journal {
  return new Proxy(journal, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name === "follow") {
        return async function* (...given: Parameters<Journal["follow"]>) {
          await gate;
          yield* target.follow(...given);
        };
      }
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}

test("whoever asks for a run again is told all that was committed by then", async () => {
  const journal = memoryJournal();
  let end = (): void => undefined;
  const work = new Promise<void>((resolve) => (end = resolve));
  const waits = step("waits", { run: task(() => work.then(() => "done")) });
  const graph = defineGraph("waiting", { objective: "Wait.", steps: [waits] });
  await using writer = await openRuntime({ journal, graphs: [graph] });
  const run = await writer.start(graph, { id: "r1" });

  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => (open = resolve));
  await using reader = await openRuntime({ journal: hearingLate(journal, gate), graphs: [graph], recover: false });
  expect((await reader.get("r1"))?.snapshot().status).toBe("running");
  end();
  await run.outcome();
  const asked = reader.get("r1");
  open();
  expect((await asked)?.snapshot().status).toBe("succeeded");
});
