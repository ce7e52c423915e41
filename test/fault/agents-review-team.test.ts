import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parseGraphText } from "runfold";
import type { Graph } from "runfold";
import { reviewTeamScript } from "../../examples/review-team-script.ts";
import { agentRuntime, eventsOf } from "../support/agent-runtime.ts";
import { userTexts } from "../support/model-server/model-request.ts";
import type { ModelRequest } from "../support/model-server/model-request.ts";
import { modelServers } from "../support/model-server/model-servers.ts";
import { Gate } from "../support/model-server/reply.ts";
import type { Script } from "../support/model-server/script.ts";
import { processesWith, showsProcesses } from "../support/processes.ts";
import { filesLeft, piPlace } from "../support/pi-place.ts";
import { realPis, realPiTimeoutMs } from "../support/real-pi.ts";

const serve = modelServers();

describe("the review team of the examples, with real pis", () => {
  test.for(realPis)(
    "looks around, plans, reviews side by side with tools, and merges (%s)",
    { timeout: realPiTimeoutMs },
    async (pi, { skip }) => {
      if (pi.missing !== undefined) skip(pi.missing);
      const server = await serve({ "review-team": sideBySide(reviewTeamScript(0)) });
      const place = await piPlace({ url: server.url, models: ["fake-review-team"] });
      await writeFile(join(place.workspace, "README.md"), "# Tides\n\nWhen the water turns.\n");
      await mkdir(join(place.workspace, "docs"));
      await writeFile(join(place.workspace, "package.json"), '{ "exports": "./tides.js" }\n');
      const runtime = await agentRuntime(place, { launcher: pi.launcher });
      const run = await runtime.start(await reviewTeam(), { id: "review" });
      const outcome = await run.outcome();
      expect(outcome.status).toBe("succeeded");
      expect(outcome.output("synthesizer")).toBe(
        "1. README.md: show what the first command prints (newcomer).\n2. Nothing else: the claims hold (skeptic).",
      );

      // What each was handed, in its prompt.
      const [planner] = requestsOf(server.requests, /You are a planner/);
      expect(userTexts(planner!).at(-1)).toContain("README.md promises a start in one command.");
      const [editor] = requestsOf(server.requests, /You are an editor/);
      expect(userTexts(editor!).at(-1)).toMatch(/newcomer[^]*before I run it\.[^]*skeptic[^]*nothing that is not so\./);
      // What the tools gave: the file of the workspace, and of the graph's tools those that read alone.
      const [, second] = requestsOf(server.requests, /never seen this project/);
      expect(second!.messages.at(-1)).toMatchObject({
        role: "tool",
        text: expect.stringContaining("When the water turns."),
      });
      expect(second!.tools.toSorted()).toEqual(["find", "grep", "ls", "read"]);

      const events = await eventsOf(run);
      expect(events.flatMap(({ event }) => (event.type === "step.succeeded" ? [event.usage] : []))).toMatchObject([
        { inputTokens: 200, outputTokens: 20, turns: 2 },
        { inputTokens: 100, outputTokens: 10, turns: 1 },
        { inputTokens: 200 },
        { inputTokens: 200 },
        { inputTokens: 100 },
      ]);
      const tools = events.flatMap(({ event }) =>
        event.type === "step.progressed" && event.report.kind === "tool"
          ? [[event.step, event.report.tool, event.report.phase]]
          : [],
      );
      expect(tools).toEqual(
        expect.arrayContaining([
          ["skeptic", "read", "started"],
          ["newcomer", "read", "ended"],
        ]),
      );
      expect(await run.verify()).toMatchObject({ ok: true });
      await runtime.close();
      expect(showsProcesses ? await processesWith(place.directory) : []).toEqual([]);
      expect(await filesLeft(place.temporary)).toEqual([]);
    },
  );
});

/** Neither reviewer is answered before the other one has asked: alone, each would wait for ever. */
function sideBySide(script: Script): Script {
  const waiting = new Set<string>();
  const both = new Gate();
  return async (request) => {
    const reviewer = /never seen this project|believes nothing/.exec(systemOf(request))?.[0];
    if (reviewer !== undefined) {
      if (waiting.add(reviewer).size === 2) both.open();
      await both.opened;
    }
    return await script(request);
  };
}

function requestsOf(requests: readonly ModelRequest[], system: RegExp): ModelRequest[] {
  return requests.filter((request) => system.test(systemOf(request)));
}

function systemOf({ messages }: ModelRequest): string {
  return messages.find(({ role }) => role === "system")?.text ?? "";
}

async function reviewTeam(): Promise<Graph> {
  const parsed = parseGraphText(await readFile("examples/graphs/review-team.json", "utf8"));
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.diagnostics));
  return parsed.graph;
}
