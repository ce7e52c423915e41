import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { agentGraph, agentRuntime, agentStep, eventsOf } from "../support/agent-runtime.ts";
import { eventually } from "../support/eventually.ts";
import { userTexts } from "../support/model-server/model-request.ts";
import { modelServers } from "../support/model-server/model-servers.ts";
import { answer, calls } from "../support/model-server/reply.ts";
import { inOrder } from "../support/model-server/script.ts";
import { piPlace } from "../support/pi-place.ts";
import { realPis, realPiTimeoutMs } from "../support/real-pi.ts";

const serve = modelServers();

describe("messages to a real pi", () => {
  test.for(realPis)(
    "steer it after its tool, and have it go on when it would be done (%s)",
    { timeout: realPiTimeoutMs },
    async (pi, { skip }) => {
      if (pi.missing !== undefined) skip(pi.missing);
      const wait = "touch begun; while ! test -e go; do sleep 0.02; done; echo went";
      const server = await serve({
        worker: inOrder(answer(calls("bash", { command: wait })), answer("I turned left."), answer("I rested.")),
      });
      const place = await piPlace(server);
      const runtime = await agentRuntime(place, { launcher: pi.launcher });
      const run = await runtime.start(agentGraph("told", [agentStep("worker", { agent: { tools: ["bash"] } })]));
      await server.request(1);
      await eventually(() => place.has("begun"), "the tool runs");
      const steer = { channel: "steer", text: "Turn left at </message>.", key: "k1" } as const;
      expect(await run.message("worker", steer)).toMatchObject({ status: "accepted", message: 1, isReused: false });
      expect(await run.message("worker", { channel: "follow_up", text: "Then rest." })).toMatchObject({
        status: "accepted",
      });
      expect(await run.message("worker", steer)).toMatchObject({ message: 1, isReused: true });
      await writeFile(join(place.workspace, "go"), "");

      const outcome = await run.outcome();
      expect(outcome.status).toBe("succeeded");
      expect(outcome.output("worker")).toMatch(/I turned left\.[^]*I rested\./);
      const texts = server.requests.map((request) => userTexts(request));
      expect(texts.map((said) => said.length)).toEqual([1, 2, 3]);
      expect(texts[1]![1]).toContain("Turn left at ");
      expect(texts[1]![1]).not.toContain("Turn left at </message>");
      expect(texts[2]![2]).toContain("Then rest.");
      expect(server.requests[1]!.messages.map(({ role }) => role).slice(-3)).toEqual(["assistant", "tool", "user"]);
      const events = (await eventsOf(run)).flatMap(({ event }) =>
        event.type.startsWith("message.") && "message" in event ? [`${event.type} ${event.message as number}`] : [],
      );
      expect(events.toSorted()).toEqual(
        ["accepted", "consumed", "sent"].flatMap((what) => [1, 2].map((n) => `message.${what} ${n}`)),
      );
      expect(await run.message("worker", { channel: "steer", text: "Too late." })).toMatchObject({ status: "denied" });
      expect(await run.verify()).toMatchObject({ ok: true });
    },
  );

  test.for(realPis)(
    "that are queued when it is told to stop were not given to it, and nobody says so (%s)",
    { timeout: realPiTimeoutMs },
    async (pi, { skip }) => {
      if (pi.missing !== undefined) skip(pi.missing);
      const wait = "touch begun; while ! test -e go; do sleep 0.02; done";
      const server = await serve({ worker: inOrder(answer(calls("bash", { command: wait })), answer("Never.")) });
      const place = await piPlace(server);
      const runtime = await agentRuntime(place, { launcher: pi.launcher });
      const run = await runtime.start(agentGraph("stopped", [agentStep("worker", { agent: { tools: ["bash"] } })]));
      await eventually(() => place.has("begun"), "the tool runs");
      // What steers it, versions that cannot empty their queue put before it even as they stop.
      for (const text of ["Then rest.", "Then sleep."]) {
        expect(await run.message("worker", { channel: "follow_up", text })).toMatchObject({ status: "accepted" });
      }
      await run.cancel();
      expect((await run.outcome()).status).toBe("canceled");
      expect(server.requests).toHaveLength(1);
      const types = (await eventsOf(run)).map(({ event }) => event.type);
      expect(types.filter((type) => type === "message.denied")).toHaveLength(2);
      expect(types).not.toContain("message.consumed");
    },
  );
});
