import { describe, expect, test } from "vitest";
import { agentGraph, agentRuntime, agentStep, eventsOf } from "../support/agent-runtime.ts";
import { modelServers } from "../support/model-server/model-servers.ts";
import { answer, cut, cutOff, refuses, times } from "../support/model-server/reply.ts";
import { always, inOrder } from "../support/model-server/script.ts";
import { piPlace } from "../support/pi-place.ts";
import { realPis, realPiTimeoutMs } from "../support/real-pi.ts";

const serve = modelServers();

describe("a model provider that fails a real pi", () => {
  test.for(realPis)(
    "is tried again where that may help, and told as what it was (%s)",
    { timeout: realPiTimeoutMs },
    async (pi, { skip }) => {
      if (pi.missing !== undefined) skip(pi.missing);
      const server = await serve({
        flaky: inOrder(...times(2, refuses(500, "try later")), answer("Half of ", cut), answer("At last.")),
        broken: always(refuses(500, "always broken")),
        refused: inOrder(refuses(400, "no such thing")),
        torn: always(answer("Half of what I know", cut)),
        long: inOrder(cutOff("As far as I can say")),
      });
      const place = await piPlace(server);
      const runtime = await agentRuntime(place, { launcher: pi.launcher });
      const steps = ["flaky", "broken", "refused", "torn", "long"].map((id) => agentStep(id));
      const run = await runtime.start(agentGraph("failing", steps));
      const outcome = await run.outcome();
      expect(outcome.status).toBe("mixed");
      expect(outcome.output("flaky")).toBe("At last.");
      expect([...outcome.run.steps].map(({ id, failure }) => [id, failure?.kind, failure?.code])).toEqual([
        ["flaky", undefined, undefined],
        ["broken", "agent", "assistant-error"],
        ["refused", "agent", "assistant-error"],
        ["torn", "agent", "assistant-error"],
        ["long", "truncated", "assistant-stop"],
      ]);
      const said = (id: string) => outcome.run.steps.get(id)?.failure?.message;
      expect(said("broken")).toContain("always broken");
      expect(said("refused")).toContain("no such thing");
      const asked = ["flaky", "broken", "refused", "torn", "long"].map((id) => server.requestsOf(id).length);
      expect(asked).toEqual([4, 4, 1, 4, 1]);
      const partials = (await eventsOf(run)).flatMap(({ event }) =>
        event.type === "step.failed" ? [[event.step, JSON.stringify(event.partial?.value)]] : [],
      );
      expect(Object.fromEntries(partials)).toMatchObject({
        torn: expect.stringContaining("Half of what I know"),
        long: expect.stringContaining("As far as I can say"),
      });
    },
  );
});
