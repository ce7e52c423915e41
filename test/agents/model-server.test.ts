import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { userTexts } from "../support/model-server/model-request.ts";
import { modelServers } from "../support/model-server/model-servers.ts";
import { answer, calls, cut, cutOff, Gate, hold, refuses, thinks, times } from "../support/model-server/reply.ts";
import { byTurn, inOrder } from "../support/model-server/script.ts";
import { eventually } from "../support/eventually.ts";
import { PiSession } from "../support/pi-session.ts";
import { processesWith, showsProcesses } from "../support/processes.ts";
import { piPlace } from "../support/pi-place.ts";
import { newPi, oldPi, realPis, realPiTimeoutMs } from "../support/real-pi.ts";

const serve = modelServers();

/** Each pi says that a run is over in its own way; one that is not, starts anew. */
const isEnd = (version: string) => (version === oldPi.version ? "agent_end" : "agent_settled");

describe("a real pi and the model server understand each other", () => {
  test.for(realPis)(
    "in a run of tools, thoughts and limits, one pi for all of it (%s)",
    { timeout: realPiTimeoutMs },
    async (pi, { skip }) => {
      if (pi.missing !== undefined) skip(pi.missing);
      const server = await serve({
        tools: byTurn(
          answer(
            thinks("Both at once."),
            calls("read", { path: "notes.txt" }),
            calls("bash", { command: "echo from bash" }),
          ),
          answer("It turns at seven."),
        ),
        broken: inOrder(...times(2, refuses(500, "always broken")), answer("At ", cut), answer("at last")),
        refused: inOrder(refuses(400, "no such model")),
        long: inOrder(cutOff("As far as")),
      });
      const session = new PiSession(pi, await piPlace(server));
      expect(await session.ask({ type: "get_state" })).toMatchObject({
        success: true,
        data: { model: { id: "fake-1", provider: "fake" }, isStreaming: false },
      });

      await promptUntilOver(session, "script:tools", pi.version, "stop");
      expect(session.answers()).toMatchObject([{ stop: "toolUse" }, { text: "It turns at seven.", stop: "stop" }]);
      const [, second] = server.requestsOf("tools");
      expect(second?.messages.slice(-2)).toMatchObject([
        { role: "tool", text: expect.stringContaining("The tide turns at seven.") },
        { role: "tool", text: expect.stringContaining("from bash") },
      ]);
      expect(second?.tools).toEqual(expect.arrayContaining(["read", "bash"]));
      expect(second?.headers["authorization"]).toBe("Bearer sk-fake-key");

      await promptUntilOver(session, "script:broken", pi.version, "stop");
      expect(server.requestsOf("broken")).toHaveLength(4);
      expect(session.answers().at(-1)).toMatchObject({ text: "at last", stop: "stop" });

      await promptUntilOver(session, "script:refused", pi.version, "error");
      expect(server.requestsOf("refused")).toHaveLength(1);
      expect(session.answers().at(-1)).toMatchObject({ error: expect.stringContaining("no such model") });

      await promptUntilOver(session, "script:long", pi.version, "length");
      expect(session.answers().at(-1)).toMatchObject({ text: "As far as" });
      expect(await session.leave()).toBe(0);
    },
  );

  test.for(realPis)(
    "in messages while it works, and in an abort of text and of a tool (%s)",
    { timeout: realPiTimeoutMs },
    async (pi, { skip }) => {
      if (pi.missing !== undefined) skip(pi.missing);
      const gate = new Gate();
      const server = await serve({
        talk: inOrder(answer("I begin ", hold(gate), "and end."), answer("Steered."), answer("Followed.")),
        text: inOrder(answer("Never ", hold(new Gate()), "ends.")),
        tool: inOrder(answer(calls("bash", { command: "touch begun; sleep 1000" }))),
      });
      const place = await piPlace(server);
      const session = new PiSession(pi, place);
      await session.ask({ type: "prompt", message: "script:talk" });
      await server.request(1);
      expect(await session.ask({ type: "steer", message: "Turn left." })).toMatchObject({ success: true });
      expect(await session.ask({ type: "follow_up", message: "Then rest." })).toMatchObject({ success: true });
      gate.open();
      await session.event(isEnd(pi.version));
      expect(session.answers().map(({ text }) => text)).toEqual(["I begin and end.", "Steered.", "Followed."]);
      expect(userTexts(server.requests[2]!)).toEqual(["script:talk", "Turn left.", "Then rest."]);

      const from = session.records.length;
      await session.ask({ type: "prompt", message: "script:text" });
      const request = await server.request(1, "text");
      await session.event("message_update", from);
      await session.ask({ type: "abort" });
      expect(await request.ended).toBe("broken");
      expect(session.answers().at(-1)).toMatchObject({ text: "Never ", stop: "aborted" });

      await session.ask({ type: "prompt", message: "script:tool" });
      await server.request(1, "tool");
      await eventually(() => place.has("begun"), "the tool runs");
      await session.ask({ type: "abort" });
      if (showsProcesses) {
        const others = async () => (await processesWith(place.directory)).filter((pid) => pid !== session.pid);
        await eventually(async () => (await others()).length === 0, "what the tool ran is gone");
      }
      expect(await session.leave()).toBe(0);
    },
  );
});

test("the pis that are tested are those that are installed", async ({ skip }) => {
  for (const pi of [oldPi, newPi]) {
    if (pi.missing !== undefined) skip(pi.missing);
    const path = join(pi.launcher[1].slice(0, pi.launcher[1].indexOf("/dist/")), "package.json");
    expect(JSON.parse(await readFile(path, "utf8"))).toMatchObject({ version: pi.version });
  }
});

/** Prompts, and waits until the last answer stopped for this reason and the run is over. */
async function promptUntilOver(session: PiSession, message: string, version: string, stop: string): Promise<void> {
  const from = session.records.length;
  expect(await session.ask({ type: "prompt", message })).toMatchObject({ success: true });
  let isLast = false;
  await session.until((record) => {
    const ended = record["type"] === "message_end" ? (record["message"] as Record<string, unknown>) : undefined;
    if (ended?.["role"] === "assistant") isLast = ended["stopReason"] === stop;
    return isLast && record["type"] === isEnd(version);
  }, from);
  // An old pi is ready for the next prompt a moment after it has said that it is done, and before it answers this.
  expect(await session.ask({ type: "get_state" })).toMatchObject({ data: { isStreaming: false } });
}
