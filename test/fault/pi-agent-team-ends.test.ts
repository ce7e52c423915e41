import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { eventually } from "../support/eventually.ts";
import type { ModelRequest } from "../support/model-server/model-request.ts";
import { modelServers } from "../support/model-server/model-servers.ts";
import { answer, calls, Gate, hold } from "../support/model-server/reply.ts";
import type { Reply } from "../support/model-server/reply.ts";
import { always } from "../support/model-server/script.ts";
import { installPackage, nestedPis, ownFilesLeft, piWithPackage, placeWithPackage } from "../support/pi-package.ts";
import { PiSession } from "../support/pi-session.ts";
import { isRunning, processesWith, showsProcesses } from "../support/processes.ts";
import { realPis, realPiTimeoutMs } from "../support/real-pi.ts";

const serve = modelServers();

const steps = [{ id: "scout", agent: { system: "You follow script:scout." }, task: "Look around." }];
const start = { action: "start", graph: { objective: "Look.", authority: { allowFilesystemRead: true }, steps } };
const hangs = always(answer("Wa", hold(new Gate())));

/** Calls the tool once, then says what it was told. */
const asks =
  (input: Record<string, unknown>) =>
  ({ messages }: ModelRequest): Reply => {
    const told = messages.filter(({ role }) => role === "tool").at(-1);
    return told === undefined ? answer(calls("agent_team", input)) : answer(`I was told: ${told.text}`);
  };

const saysOf = (session: PiSession): string =>
  session
    .answers()
    .map(({ text }) => text)
    .join("\n");

const unseen = showsProcesses ? undefined : "Only Linux shows the processes of others.";

describe("a pi with a team at work", () => {
  test.for(realPis.flatMap((pi) => (["SIGKILL", "SIGTERM"] as const).map((signal) => [pi, signal] as const)))(
    "that is ended by a signal leaves no process, and no file beyond the next session (%s, %s)",
    { timeout: realPiTimeoutMs },
    async ([pi, signal], { skip }) => {
      const reason = pi.missing ?? unseen;
      if (reason !== undefined) skip(reason);
      const server = await serve({ outer: asks(start), scout: hangs });
      const { session, place } = await piWithPackage(pi, server);
      await session.ask({ type: "prompt", message: "Follow script:outer." });
      const asked = await server.request(1, "scout");
      process.kill(session.pid, signal);
      await session.exited;
      expect(await asked.ended).toBe("broken");
      await eventually(async () => (await processesWith(place.directory)).length === 0, "nothing runs any more");
      const later = new PiSession(pi, place, ["-e", join(place.directory, "pi-agent-team")]);
      await later.ask({ type: "prompt", message: "Follow script:outer." });
      await server.request(2, "scout");
      await later.leave();
      expect(await ownFilesLeft(place)).toEqual([]);
    },
  );

  test.for(realPis)(
    "that hangs is left with the session all the same (%s)",
    { timeout: realPiTimeoutMs },
    async (pi, { skip }) => {
      const reason = pi.missing ?? unseen;
      if (reason !== undefined) skip(reason);
      const server = await serve({ outer: asks(start), scout: hangs });
      const { session, place } = await piWithPackage(pi, server);
      await session.ask({ type: "prompt", message: "Follow script:outer." });
      await server.request(1, "scout");
      const nested = await nestedPis(place, session);
      expect(nested.length).toBeGreaterThan(0);
      // It hears nothing any more, not even that it should end.
      for (const pid of nested) process.kill(pid, "SIGSTOP");
      expect(await session.leave()).toBe(0);
      const alive = await Promise.all(nested.map(isRunning));
      expect(alive).not.toContain(true);
      await eventually(async () => (await processesWith(place.directory)).length === 0, "nothing runs any more");
      expect(await ownFilesLeft(place)).toEqual([]);
    },
  );
});

describe("a pi that installed the package", () => {
  test.for(realPis)(
    "offers the tool to its model by itself, and tells what is wrong with a call as an error (%s)",
    { timeout: realPiTimeoutMs },
    async (pi, { skip }) => {
      if (pi.missing !== undefined) skip(pi.missing);
      const server = await serve({ outer: asks({ action: "run_status", runId: "r7" }) });
      const { place, installed } = await placeWithPackage(server);
      await installPackage(pi, place, installed);
      const session = new PiSession(pi, place, [], ["--no-extensions"]);
      await session.ask({ type: "prompt", message: "Follow script:outer." });
      await session.event("agent_end");
      expect(server.requestsOf("outer")[0]?.tools).toContain("agent_team");
      expect(saysOf(session)).toContain("error run-not-found");
      const ended = session.records.find(({ type }) => type === "tool_execution_end");
      expect(ended).toMatchObject({ toolName: "agent_team", isError: true });
      await session.leave();
    },
  );
});

describe("agents of a project", () => {
  test.for(realPis.flatMap((pi) => [true, false].map((confirmed) => [pi, confirmed] as const)))(
    "are listed when a person says yes, and not else (%s, %s)",
    { timeout: realPiTimeoutMs },
    async ([pi, confirmed], { skip }) => {
      if (pi.missing !== undefined) skip(pi.missing);
      const library = { sources: ["project"], projectAgents: "confirm" };
      const server = await serve({ outer: asks({ action: "catalog", library }) });
      const { session, place } = await piWithPackage(pi, server);
      await mkdir(join(place.workspace, ".runfold/agents"), { recursive: true });
      const definition = "---\nname: tide-reader\ndescription: Reads tides.\n---\nYou read tides.\n";
      await writeFile(join(place.workspace, ".runfold/agents/tide-reader.md"), definition);
      await session.ask({ type: "prompt", message: "Follow script:outer." });
      const asked = await session.until(({ type, method }) => type === "extension_ui_request" && method === "confirm");
      session.tell({ type: "extension_ui_response", id: asked["id"], confirmed });
      await session.event("agent_end");
      expect(saysOf(session).includes("project:tide-reader")).toBe(confirmed);
      await session.leave();
    },
  );
});
