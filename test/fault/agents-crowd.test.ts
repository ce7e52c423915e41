import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { agentGraph, agentRuntime, agentStep, eventsOf } from "../support/agent-runtime.ts";
import { modelServers } from "../support/model-server/model-servers.ts";
import { answer } from "../support/model-server/reply.ts";
import { byTurn } from "../support/model-server/script.ts";
import { processesWith, showsProcesses } from "../support/processes.ts";
import { filesLeft, piPlace } from "../support/pi-place.ts";
import { oldPi, realPiTimeoutMs } from "../support/real-pi.ts";

const serve = modelServers();
const scriptedPi = fileURLToPath(new URL("../support/scripted-pi.mjs", import.meta.url));

test("six real pis that start at once are all ready in time", { timeout: realPiTimeoutMs }, async ({ skip }) => {
  if (oldPi.missing !== undefined) skip(oldPi.missing);
  const server = await serve({ member: byTurn(answer("Here.")) });
  const place = await piPlace(server);
  const runtime = await agentRuntime(place, { launcher: oldPi.launcher });
  const task = { agent: { task: "Follow script:member." } };
  const steps = ["one", "two", "three", "four", "five", "six"].map((id) => agentStep(id, task));
  const run = await runtime.start(agentGraph("six", steps, { limits: { concurrency: 6 } }));
  const { status } = await run.outcome();
  const events = await eventsOf(run);
  expect(status).toBe("succeeded");
  expect(events.filter(({ event }) => event.type === "diagnostic.recorded")).toEqual([]);
  // They did start at once: the last of them before the first one had ended.
  const places = (type: string) => events.flatMap(({ position, event }) => (event.type === type ? [position] : []));
  expect(places("step.started")).toHaveLength(6);
  expect(Math.max(...places("step.started"))).toBeLessThan(Math.min(...places("step.succeeded")));
});

/**
 * A hundred real ones would take minutes on a small machine: these are stand-ins, with tools in sessions of their own as pi has them.
 * That real ones leave nothing either is shown with a few, where they are told to stop.
 */
describe.runIf(showsProcesses)("a hundred agents that are canceled in the middle of a tool", () => {
  const moods = ["obedient", "careless", "deaf", "obedient"];
  const rounds = [0, 1, 2, 3, 4].map((round) => ({ round, force: round % 2 === 1 }));

  test(
    "leave no process and no file, however they take it, and whether or not they are forced",
    { timeout: realPiTimeoutMs },
    async () => {
      const place = await piPlace({ url: "http://127.0.0.1:9/v1" });
      const runtime = await agentRuntime(place, { launcher: [process.execPath, scriptedPi], abortGraceMs: 300 });
      let canceled = 0;
      for (const { round, force } of rounds) {
        const steps = Array.from({ length: 20 }, (_, n) =>
          agentStep(`s${n}`, { agent: { tools: ["bash"], task: `mood:${moods[n % moods.length]}` } }),
        );
        const graph = agentGraph(`round-${round}`, steps, { limits: { concurrency: 20 } });
        const run = await runtime.start(graph);
        const working = new Set<string>();
        for await (const { event } of run.events()) {
          if (event.type === "step.progressed" && event.report.kind === "tool") working.add(event.step);
          if (working.size === steps.length) break;
        }
        expect((await processesWith(place.directory)).length).toBeGreaterThanOrEqual(2 * steps.length);
        await run.cancel({ force });
        const { status, run: ended } = await run.outcome();
        expect(status).toBe("canceled");
        canceled += ended.counts.canceled;
        expect(await processesWith(place.directory), `after round ${round}`).toEqual([]);
      }
      expect(canceled).toBe(100);
      await runtime.close();
      expect(await processesWith(place.directory)).toEqual([]);
      expect(await filesLeft(place.temporary)).toEqual([]);
    },
  );
});
