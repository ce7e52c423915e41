import { describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import type { ModelRequest } from "../support/model-server/model-request.ts";
import { modelServers } from "../support/model-server/model-servers.ts";
import { answer, calls, Gate, hold } from "../support/model-server/reply.ts";
import type { Reply } from "../support/model-server/reply.ts";
import { always } from "../support/model-server/script.ts";
import { ownFilesLeft, piWithPackage } from "../support/pi-package.ts";
import { processesWith, showsProcesses } from "../support/processes.ts";
import { realPis, realPiTimeoutMs } from "../support/real-pi.ts";

const serve = modelServers();

const graph = {
  objective: "Find out about the tides.",
  authority: { allowFilesystemRead: true },
  steps: [
    { id: "scout", agent: { system: "You follow script:scout." }, task: "Look around." },
    { id: "plan", agent: { system: "You follow script:plan." }, task: "Make a plan.", needs: ["scout"] },
  ],
};
const team = (input: Record<string, unknown>): Reply => answer(calls("agent_team", input));
const start = team({ action: "start", graph, options: { notify: { mode: "final" } } });
const status = team({ action: "run_status", runId: "r1", waitSeconds: 60 });
const toolTexts = ({ messages }: ModelRequest): string[] =>
  messages.filter(({ role }) => role === "tool").map(({ text }) => text);

/** Starts the team, waits for its end, takes up its result and says it. */
function leader(request: ModelRequest): Reply {
  const told = toolTexts(request);
  const last = told.at(-1);
  if (last === undefined) return start;
  if (last.includes("step_result: ok")) return answer(`The team says: ${/begins>>>\n(.*)\n/.exec(last)?.[1]}`);
  const isOver = last.includes("run: r1 succeeded");
  return isOver ? team({ action: "step_result", runId: "r1", stepId: "plan", preview: true }) : status;
}

describe("the package for pi, in a real one", () => {
  test.for(realPis)(
    "runs a team of real pis, tells how it stands, and is told of its end (%s)",
    { timeout: realPiTimeoutMs },
    async (pi, { skip }) => {
      if (pi.missing !== undefined) skip(pi.missing);
      const server = await serve({
        outer: leader,
        scout: always(answer("Water.")),
        plan: always(answer("Go at seven.")),
      });
      const { session, place } = await piWithPackage(pi, server);
      await session.ask({ type: "prompt", message: "Follow script:outer." });
      await session.until(
        (record) =>
          record["type"] === "agent_end" && session.answers().some(({ text }) => text.includes("Go at seven.")),
      );
      const told = session.records.filter(({ type }) => type === "tool_execution_update");
      expect(JSON.stringify(told)).toContain("r1 running");
      expect(
        server
          .requestsOf("plan")[0]
          ?.messages.map(({ text }) => text)
          .join("\n"),
      ).toContain("Water.");
      expect(server.requestsOf("plan")[0]?.tools).not.toContain("agent_team");
      await eventually(
        () =>
          server
            .requestsOf("outer")
            .some(({ messages }) =>
              messages.some(({ role, text }) => role === "user" && text.includes("terminal:succeeded")),
            ),
        "the notice of the end was put before the model",
      );
      expect(await session.leave()).toBe(0);
      expect(showsProcesses ? await processesWith(place.directory) : []).toEqual([]);
      expect(await ownFilesLeft(place)).toEqual([]);
      expect(server.mistakes).toEqual([]);
    },
  );

  test.for(realPis)("lets a run outlast an aborted turn (%s)", { timeout: realPiTimeoutMs }, async (pi, { skip }) => {
    if (pi.missing !== undefined) skip(pi.missing);
    const gate = new Gate();
    const server = await serve({
      outer: leader,
      scout: always(answer("Wa", hold(gate), "ter.")),
      plan: always(answer("Go at seven.")),
    });
    const { session } = await piWithPackage(pi, server);
    await session.ask({ type: "prompt", message: "Follow script:outer." });
    await server.request(1, "scout");
    await session.until((record) => record["type"] === "tool_execution_update");
    const from = session.records.length;
    await session.ask({ type: "abort" });
    await session.event("agent_end", from);
    gate.open();
    await session.ask({ type: "prompt", message: "Go on with script:outer.", streamingBehavior: "followUp" });
    await session.until(() => session.answers().some(({ text }) => text.includes("Go at seven.")));
    expect(server.requestsOf("scout")).toHaveLength(1);
    await session.leave();
  });

  test.for(realPis)(
    "ends its runs with the session, and leaves no process behind (%s)",
    { timeout: realPiTimeoutMs },
    async (pi, { skip }) => {
      if (pi.missing !== undefined) skip(pi.missing);
      const server = await serve({ outer: leader, scout: always(answer("Wa", hold(new Gate()))) });
      const { session, place } = await piWithPackage(pi, server);
      await session.ask({ type: "prompt", message: "Follow script:outer." });
      const asked = await server.request(1, "scout");
      expect(showsProcesses ? (await processesWith(place.directory)).length : 2).toBeGreaterThan(1);
      await session.leave();
      expect(await asked.ended).toBe("broken");
      await eventually(
        async () => !showsProcesses || (await processesWith(place.directory)).length === 0,
        "nothing is left",
      );
      expect(await ownFilesLeft(place)).toEqual([]);
    },
  );
});
