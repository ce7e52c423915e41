import { describe, expect, it } from "vitest";
import { workplaces } from "./cli-process.ts";

const workplace = workplaces();
const waiting = { id: "waiting", shell: "trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done" };

describe("runfold message", () => {
  it("reaches the process that writes the run, and tells what became of the message", async () => {
    const place = workplace();
    const run = place.start([
      "run",
      place.graph("deaf", [waiting, { id: "later", shell: ":", needs: ["waiting"] }]),
      "--id",
      "r1",
    ]);
    await run.until("waiting  ready");
    // A command takes no messages: that it says so shows that the message was there.
    const denied = await place.run([
      "message",
      "r1",
      "waiting",
      "Hurry.",
      "--channel",
      "steer",
      "--key",
      "k",
      "--json",
    ]);
    expect(denied.code).toBe(1);
    expect(JSON.parse(denied.stdout)).toEqual({
      message: {
        number: 1,
        step: "waiting",
        channel: "steer",
        key: "k",
        status: "denied",
        reason: "This step takes no messages.",
        isReused: false,
      },
    });
    const again = await place.run(["message", "r1", "waiting", "Hurry.", "--channel", "steer", "--key", "k"]);
    expect(again).toMatchObject({
      code: 1,
      stdout: "Message 1 to step waiting was denied: This step takes no messages. It had been sent before.\n",
    });
    const early = await place.run(["message", "r1", "later", "Hello.", "--channel", "follow_up"]);
    expect(early).toMatchObject({ code: 1, stdout: expect.stringContaining("not running yet") as string });
    await place.run(["cancel", "r1"]);
    await run.ended;
    const late = await place.run(["message", "r1", "waiting", "Too late.", "--channel", "steer", "--json"]);
    expect(late.code).toBe(1);
    expect(JSON.parse(late.stdout)).toMatchObject({ message: { status: "denied", reason: "Run r1 has ended." } });
    expect(late.stdout).not.toContain("number");
    expect((await place.run(["verify", "r1"])).code).toBe(0);
  });

  it.each<[string, string[], string]>([
    ["no channel", ["r1", "a", "x"], "needs --channel"],
    ["an unknown channel", ["r1", "a", "x", "--channel", "shout"], "steer or follow_up"],
    ["no text", ["r1", "a", "--channel", "steer"], "message needs TEXT"],
    ["an empty text", ["r1", "a", "", "--channel", "steer"], "no text"],
    ["an unknown run", ["r2", "a", "x", "--channel", "steer"], "no run r2"],
    ["an unknown step", ["r1", "b", "x", "--channel", "steer"], "step"],
    ["a key that is too long", ["r1", "a", "x", "--channel", "steer", "--key", "k".repeat(129)], "key"],
  ])("with %s is bad input", async (_what, args, said) => {
    const place = workplace();
    await place.run(["run", place.graph("quick", [{ id: "a", shell: ":" }]), "--id", "r1"]);
    const refused = await place.run(["message", ...args]);
    expect(refused).toMatchObject({ code: 2, stdout: "", stderr: expect.stringContaining(said) as string });
  });
});
