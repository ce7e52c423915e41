import { describe, expect, test } from "vitest";
import { agentGraph, agentRuntime, agentStep } from "../support/agent-runtime.ts";
import { eventually } from "../support/eventually.ts";
import { modelServers } from "../support/model-server/model-servers.ts";
import { answer, calls, Gate, hold } from "../support/model-server/reply.ts";
import { inOrder } from "../support/model-server/script.ts";
import { processesWith, showsProcesses } from "../support/processes.ts";
import { filesLeft, piPlace } from "../support/pi-place.ts";
import { realPis, realPiTimeoutMs } from "../support/real-pi.ts";

const serve = modelServers();

describe.runIf(showsProcesses)("a real pi that is told to stop", () => {
  test.for(realPis)(
    "in a tool and in an answer leaves no process and no file, and keeps what it said (%s)",
    { timeout: realPiTimeoutMs },
    async (pi, { skip }) => {
      if (pi.missing !== undefined) skip(pi.missing);
      const stubborn = "trap '' TERM HUP INT; setsid sleep 1000 & sleep 1000 & touch begun; wait";
      const server = await serve({
        tool: inOrder(answer("I run it.", calls("bash", { command: stubborn }))),
        text: inOrder(answer("Half a thought", hold(new Gate()))),
      });
      const place = await piPlace(server);
      const runtime = await agentRuntime(place, { launcher: pi.launcher });
      const steps = [agentStep("tool", { agent: { tools: ["bash"] } }), agentStep("text")];
      const run = await runtime.start(agentGraph("stopped", steps));
      await eventually(() => place.has("begun"), "the tool runs");
      const request = await server.request(1, "text");
      await eventually(() => /Half/.test(run.snapshot().steps.get("text")!.activity), "the text comes");
      expect((await processesWith(place.directory)).length).toBeGreaterThanOrEqual(5);
      await run.cancel({ reason: "Enough." });
      const { status, run: ended } = await run.outcome();
      expect(status).toBe("canceled");
      expect(await request.ended).toBe("broken");
      expect(await processesWith(place.directory)).toEqual([]);
      expect([...ended.steps].map((step) => [step.status, step.failure?.kind])).toEqual([
        ["canceled", "aborted"],
        ["canceled", "aborted"],
      ]);
      expect(await run.result("text")).toMatchObject({ partial: { value: "Half a thought" } });
      await runtime.close();
      expect(await filesLeft(place.temporary)).toEqual([]);
    },
  );
});
