import { describe, expect, it } from "vitest";
import { acpProgram } from "../../../../src/adapters/executors/acp/acp-program.ts";
import { acpOrder, sentMessage } from "../../../support/acp/acp-order.ts";
import { RecordedAgent, Recording } from "../../../support/acp/recorded-agent.ts";

/** What comes of each recorded prompt, by its id. */
type Outcome =
  | { readonly ok: RegExp }
  | { readonly code: string; readonly kind?: string; readonly message?: RegExp; readonly lastText?: RegExp };

interface Scenario {
  readonly what: string;
  readonly prompt: number;
  readonly outcome: Outcome;
  /** Where the recorded user refused what the agent asked for. */
  readonly isRefused?: boolean;
}

const hello = { ok: /^Hello from fake\.$/ };
const emptied = { code: "assistant-final-empty", message: /bad request from fake/ };
const cancelledIn = (lastText: RegExp): Outcome => ({ code: "cancelled", kind: "aborted", lastText });

const scenarios: Readonly<Record<string, readonly Scenario[]>> = {
  gemini: [
    { what: "simple", prompt: 4, outcome: hello },
    { what: "tool", prompt: 5, outcome: { ok: /^Tool said: \{"output":"Command injection detected/ } },
    { what: "write", prompt: 6, outcome: { ok: /^Write said: \{"output":"S/ } },
    { what: "refused tool", prompt: 7, outcome: { ok: /^Tool said: \{"error":"Tool/ }, isRefused: true },
    { what: "cancel in text", prompt: 8, outcome: cancelledIn(/^This is a long streamed/) },
    { what: "cancel in a tool", prompt: 9, outcome: cancelledIn(/^$/) },
    { what: "hello again", prompt: 12, outcome: hello },
    { what: "provider error", prompt: 13, outcome: { code: "acp-error", message: /bad request from fake.*\(400\)/ } },
    { what: "after the error", prompt: 14, outcome: hello },
    { what: "no such session", prompt: 15, outcome: { code: "acp-error", message: /Session not found: nope/ } },
  ],
  opencode: [
    { what: "simple", prompt: 3, outcome: hello },
    { what: "tool", prompt: 4, outcome: { ok: /^Tool said: acp-42 DATA-LINE/ } },
    { what: "write", prompt: 5, outcome: { ok: /^Write said: Wrote file s/ } },
    {
      what: "refused tool",
      prompt: 6,
      outcome: { code: "assistant-final-empty", lastText: /^Running it\.$/ },
      isRefused: true,
    },
    { what: "cancel in text", prompt: 7, outcome: cancelledIn(/^This is a long streamed/) },
    { what: "cancel in a tool", prompt: 8, outcome: cancelledIn(/^$/) },
    { what: "hello again", prompt: 11, outcome: hello },
    { what: "provider error", prompt: 12, outcome: { code: "acp-error", message: /bad request from fake \(-32603\)/ } },
    { what: "after the error", prompt: 13, outcome: { code: "acp-error", message: /bad request from fake/ } },
    { what: "no such session", prompt: 14, outcome: { code: "acp-error", message: /session not found: nope/ } },
  ],
  codex: [
    { what: "simple", prompt: 3, outcome: hello },
    { what: "tool", prompt: 4, outcome: { ok: /^Tool said: Chunk ID: [^]*acp-42/ } },
    {
      what: "write without an answer",
      prompt: 5,
      outcome: { code: "assistant-final-empty", message: /Its program said: Warning: Model metadata/ },
    },
    { what: "tool again", prompt: 6, outcome: { ok: /^Tool said: Chunk ID: / } },
    { what: "cancel before text", prompt: 7, outcome: cancelledIn(/^Warning: Model metadata/) },
    { what: "cancel in a tool", prompt: 8, outcome: cancelledIn(/^Warning: Model metadata/) },
    { what: "hello again", prompt: 11, outcome: hello },
    { what: "provider error told as text", prompt: 12, outcome: emptied },
    { what: "and again", prompt: 13, outcome: emptied },
    { what: "no such session", prompt: 14, outcome: { code: "acp-error", message: /Session nope not found/ } },
  ],
};

/** Two prompts at once, which Runfold never sends: the agents cancel the first one, or merge both. */
const concurrent: Readonly<Record<string, readonly number[]>> = { gemini: [10, 11], opencode: [9, 10], codex: [9, 10] };

function program(agent: string, isRefused = false) {
  return acpProgram({
    ...(agent === "gemini" ? { authenticate: "gemini-api-key" } : {}),
    permissions: () => (isRefused ? "reject_once" : "allow_once"),
  });
}

describe.each(Object.entries(scenarios))("the recording of %s", (agent, all) => {
  const recording = new Recording(agent);

  it("is judged prompt by prompt", () => {
    const judged = [...all.map(({ prompt }) => prompt), ...(concurrent[agent] ?? [])];
    expect(judged.toSorted((one, other) => one - other)).toEqual(recording.prompts);
  });

  it.each(all)("gives the right outcome: $what", async ({ prompt, outcome, isRefused }) => {
    const order = acpOrder();
    const child = new RecordedAgent(recording, [prompt]);
    child.onCancelPoint = () => order.attempt.stop.ask();
    const ending = await program(agent, isRefused).converse(child, order);

    if ("ok" in outcome) {
      expect(ending).toMatchObject({ type: "succeeded", finals: [expect.stringMatching(outcome.ok)] });
      expect(ending.usage).toMatchObject({ inputTokens: expect.any(Number), outputTokens: expect.any(Number) });
      expect(ending.usage?.inputTokens).toBeGreaterThan(0);
    } else {
      const { code, kind = "agent", message = /./, lastText = /^/ } = outcome;
      expect(ending).toMatchObject({
        type: "failed",
        failure: { code, kind, message: expect.stringMatching(message) },
        finals: [],
        lastText: expect.stringMatching(lastText),
      });
    }
    const started = order.attempt.tools.filter(({ phase }) => phase === "started").map(({ call }) => call);
    const ended = order.attempt.tools.filter(({ phase, tool }) => phase === "ended" && tool !== "permission");
    expect(ended.map(({ call }) => call)).toEqual(started);
    expect(new Set(started).size).toBe(started.length);
  });
});

describe("a recorded session of several prompts", () => {
  it.each([
    ["gemini", [4, 5]],
    ["opencode", [3, 4]],
    ["codex", [3, 4]],
  ])("of %s gives the final answers in order", async (agent, prompts) => {
    const order = acpOrder();
    const child = new RecordedAgent(new Recording(agent), prompts);
    const ending = program(agent).converse(child, order);
    const message = sentMessage("run it");
    order.attempt.listener?.(message);

    expect(await ending).toMatchObject({
      type: "succeeded",
      finals: ["Hello from fake.", expect.stringMatching(/^Tool said: /)],
    });
    expect(message.said).toEqual(["accepted", "consumed"]);
  });
});
