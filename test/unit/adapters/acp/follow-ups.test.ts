import { describe, expect, it } from "vitest";
import { acpOrder, sentMessage } from "../../../support/acp/acp-order.ts";
import { talk } from "../../../support/acp/played-agent.ts";

describe("a follow_up", () => {
  it("is the next prompt once the turn is over, never one beside it", async () => {
    const order = acpOrder();
    const { child, ending, settle } = await talk(order);
    const [first, second] = [sentMessage("Say more."), sentMessage("And now?")];
    order.attempt.listener?.(first);
    order.attempt.listener?.(second);
    await settle();
    expect(child.countOf("session/prompt")).toBe(1);
    expect(first.said).toEqual([]);

    child.says("One.");
    child.ends("end_turn", { usage: { inputTokens: 1, outputTokens: 2 } });
    await settle();
    expect(child.countOf("session/prompt")).toBe(2);
    expect(JSON.stringify(child.lastSent("session/prompt"))).toContain("Say more.");
    expect(first.said).toEqual([]);
    child.says("Two.");
    expect(first.said).toEqual(["accepted", "consumed"]);
    child.ends("end_turn", { usage: { inputTokens: 1, outputTokens: 2 } });
    await settle();
    child.says("Three.");
    child.ends("end_turn");

    expect(await ending).toEqual({
      type: "succeeded",
      finals: ["One.", "Two.", "Three."],
      usage: { inputTokens: 2, outputTokens: 4 },
    });
    expect(second.said).toEqual(["accepted", "consumed"]);
  });

  it("waits for the task where it comes before it", async () => {
    const order = acpOrder();
    const talking = talk(order);
    order.attempt.listener?.(sentMessage("Early."));
    const { child } = await talking;
    expect(child.countOf("session/prompt")).toBe(1);
    expect(JSON.stringify(child.lastSent("session/prompt"))).not.toContain("Early.");
  });

  it("is denied where the turn before it fails, or when the agent is done", async () => {
    const order = acpOrder();
    const { child, ending } = await talk(order);
    const [waiting, late] = [sentMessage("Say more."), sentMessage("Too late.")];
    order.attempt.listener?.(waiting);
    child.ends("refusal");
    expect(await ending).toMatchObject({ type: "failed" });
    order.attempt.listener?.(late);
    expect([waiting.said, late.said]).toEqual([
      ["denied: The agent refused to go on (refusal)."],
      ["denied: The agent refused to go on (refusal)."],
    ]);
  });

  it("that the agent answers with an error is denied, and the answers before it are kept", async () => {
    const order = acpOrder();
    const { child, ending, settle } = await talk(order);
    const message = sentMessage("Say more.");
    order.attempt.listener?.(message);
    child.says("One.");
    child.ends("end_turn");
    await settle();
    child.answersPrompt({ error: { code: -32603, message: "broken" } });
    expect(await ending).toMatchObject({ type: "failed", finals: ["One."], lastText: "" });
    expect(message.said).toEqual([expect.stringMatching(/^denied: .*broken/)]);
  });

  it("of which the agent gave no sign before it was gone may or may not have been read", async () => {
    const order = acpOrder();
    const { child, ending, settle } = await talk(order);
    const [sent, waiting] = [sentMessage("Say more."), sentMessage("And then?")];
    order.attempt.listener?.(sent);
    order.attempt.listener?.(waiting);
    child.says("One.");
    child.ends("end_turn");
    await settle();
    child.end({ code: 1, signal: null });
    expect(await ending).toMatchObject({ type: "failed", finals: ["One."] });
    expect(sent.said).toEqual([expect.stringMatching(/^unknown: .*exited with code 1/)]);
    expect(waiting.said).toEqual([expect.stringMatching(/^denied: /)]);
  });

  it("is denied when the step is being stopped", async () => {
    const order = acpOrder();
    const { child, ending } = await talk(order);
    const [before, after] = [sentMessage("Say more."), sentMessage("Still?")];
    order.attempt.listener?.(before);
    order.attempt.stop.ask();
    order.attempt.listener?.(after);
    child.ends("cancelled");
    await ending;
    expect([before.said, after.said]).toEqual([
      ["denied: The step is being stopped."],
      ["denied: The step is being stopped."],
    ]);
    expect(child.countOf("session/prompt")).toBe(1);
  });
});

describe("a steer", () => {
  it("is denied with the way that is open", async () => {
    const order = acpOrder();
    const { child } = await talk(order);
    const message = sentMessage("Turn left.", "steer");
    order.attempt.listener?.(message);
    expect(message.said).toEqual([expect.stringMatching(/^denied: .*follow_up/)]);
    expect(child.countOf("session/prompt")).toBe(1);
  });
});
