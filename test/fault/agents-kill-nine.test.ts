import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { agentDocument, agentsOf, agentStep } from "../support/agent-runtime.ts";
import { eventually } from "../support/eventually.ts";
import { userTexts } from "../support/model-server/model-request.ts";
import { modelServers } from "../support/model-server/model-servers.ts";
import { answer, calls } from "../support/model-server/reply.ts";
import { byTurn } from "../support/model-server/script.ts";
import { processesWith, showsProcesses } from "../support/processes.ts";
import { filesLeft, piPlace } from "../support/pi-place.ts";
import { newPi, oldPi, realPiTimeoutMs } from "../support/real-pi.ts";
import { runOwners } from "../support/run-owner.ts";

const serve = modelServers();
const ownerOf = runOwners();

describe.runIf(showsProcesses)("a run of real pis whose process is killed while one of them works", () => {
  test.for([
    { pi: oldPi, what: "the process alone", withGuardian: false },
    { pi: newPi, what: "the process and what guards its children", withGuardian: true },
  ])(
    "is brought to its end by the next process ($pi.version, $what)",
    { timeout: realPiTimeoutMs },
    async ({ pi, withGuardian }, { skip }) => {
      if (pi.missing !== undefined) skip(pi.missing);
      const wait = "touch begun; setsid sleep 1000 & while ! test -e go; do sleep 0.02; done; echo went";
      const server = await serve({
        scout: byTurn(answer("SCOUTED.")),
        worker: byTurn(answer(calls("bash", { command: wait })), answer("WORKED.")),
        last: byTurn(answer("DONE.")),
      });
      const place = await piPlace(server);
      const document = agentDocument("killed", [
        agentStep("scout"),
        agentStep("worker", { needs: ["scout"], agent: { tools: ["bash"] } }),
        agentStep("last", { needs: ["worker"] }),
      ]);
      const options = { agents: agentsOf(place, pi.launcher) };
      const database = { db: join(place.directory, "runs.db"), root: place.workspace, options };
      const first = ownerOf({ ...database, order: { graphs: { r: document } } });
      await server.request(1, "worker");
      await eventually(() => place.has("begun"), "the tool runs");
      if (withGuardian) await first.killWithGuardian();
      else await first.kill();

      const second = ownerOf({ ...database, order: { follow: ["r"] } });
      await server.request(2, "worker");
      await writeFile(join(place.workspace, "go"), "");
      expect(await second.until(({ ended }) => ended !== undefined)).toMatchObject({ ended: "succeeded" });
      await second.close();
      expect(await processesWith(place.directory)).toEqual([]);
      expect(await filesLeft(place.temporary)).toEqual([]);

      expect(["scout", "worker", "last"].map((script) => server.requestsOf(script).length)).toEqual([1, 3, 1]);
      expect(userTexts(server.requestsOf("worker")[1]!)[0]).toContain("SCOUTED.");
      expect(userTexts(server.requestsOf("last")[0]!)[0]).toContain("WORKED.");
      const types = second
        .eventsOf("r")
        .flatMap((event) => ("step" in event ? [`${event.type} ${event.step}`] : [event.type]));
      const milestones = types.filter((type) => /^run\.|interrupted|started|succeeded/.test(type));
      expect(milestones).toEqual([
        "run.started",
        "step.started scout",
        "step.succeeded scout",
        "step.started worker",
        "run.recovered",
        "step.interrupted worker",
        "step.started worker",
        "step.succeeded worker",
        "step.started last",
        "step.succeeded last",
        "run.settled",
      ]);
    },
  );
});
