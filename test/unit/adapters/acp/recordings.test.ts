import { describe, expect, it } from "vitest";
import { acpProgram } from "../../../../src/adapters/executors/acp/acp-program.ts";
import { acpOrder, sentMessage } from "../../../support/acp/acp-order.ts";
import { RecordedAgent, Recording } from "../../../support/acp/recorded-agent.ts";

interface Scenario {
  readonly what: string;
  readonly prompt: number;
  /** How a conversation of this one prompt must end. */
  readonly outcome: object;
  /** Where the recorded user refused what the agent asked for. */
  readonly isRefused?: boolean;
}

const isSome = (tokens: unknown): boolean => Number(tokens) > 0;

function succeeds(final: RegExp): object {
  const usage = { inputTokens: expect.toSatisfy(isSome), outputTokens: expect.toSatisfy(isSome) };
  return { type: "succeeded", finals: [expect.stringMatching(final)], usage };
}

function fails(code: string | undefined, message: RegExp, lastText = /^/, kind = "agent"): object {
  const failure = { ...(code === undefined ? {} : { code }), kind, message: expect.stringMatching(message) };
  return { type: "failed", failure, finals: [], lastText: expect.stringMatching(lastText) };
}

const hello = succeeds(/^Hello from fake\.$/);
const emptied = fails("assistant-final-empty", /bad request from fake/);
const cancelledIn = (lastText: RegExp): object => fails(undefined, /told to stop/, lastText, "aborted");

const scenarios: Readonly<Record<string, readonly Scenario[]>> = {
  gemini: [
    { what: "simple", prompt: 4, outcome: hello },
    { what: "tool", prompt: 5, outcome: succeeds(/^Tool said: \{"output":"Command injection detected/) },
    { what: "write", prompt: 6, outcome: succeeds(/^Write said: \{"output":"S/) },
    { what: "refused tool", prompt: 7, outcome: succeeds(/^Tool said: \{"error":"Tool/), isRefused: true },
    { what: "cancel in text", prompt: 8, outcome: cancelledIn(/^This is a long streamed/) },
    { what: "cancel in a tool", prompt: 9, outcome: cancelledIn(/^$/) },
    { what: "hello again", prompt: 12, outcome: hello },
    { what: "provider error", prompt: 13, outcome: fails("acp-error", /bad request from fake.*\(400\)/) },
    { what: "after the error", prompt: 14, outcome: hello },
    { what: "no such session", prompt: 15, outcome: fails("acp-error", /Session not found: nope/) },
  ],
  opencode: [
    { what: "simple", prompt: 3, outcome: hello },
    { what: "tool", prompt: 4, outcome: succeeds(/^Tool said: acp-42 DATA-LINE/) },
    { what: "write", prompt: 5, outcome: succeeds(/^Write said: Wrote file s/) },
    {
      what: "refused tool",
      prompt: 6,
      outcome: fails("assistant-final-empty", /without an answer/, /^Running it\.$/),
      isRefused: true,
    },
    { what: "cancel in text", prompt: 7, outcome: cancelledIn(/^This is a long streamed/) },
    { what: "cancel in a tool", prompt: 8, outcome: cancelledIn(/^$/) },
    { what: "hello again", prompt: 11, outcome: hello },
    { what: "provider error", prompt: 12, outcome: fails("acp-error", /bad request from fake \(-32603\)/) },
    { what: "after the error", prompt: 13, outcome: fails("acp-error", /bad request from fake/) },
    { what: "no such session", prompt: 14, outcome: fails("acp-error", /session not found: nope/) },
  ],
  codex: [
    { what: "simple", prompt: 3, outcome: hello },
    { what: "tool", prompt: 4, outcome: succeeds(/^Tool said: Chunk ID: [^]*acp-42/) },
    {
      what: "write without an answer",
      prompt: 5,
      outcome: fails("assistant-final-empty", /Its program said: Warning: Model metadata/),
    },
    { what: "tool again", prompt: 6, outcome: succeeds(/^Tool said: Chunk ID: /) },
    { what: "cancel before text", prompt: 7, outcome: cancelledIn(/^Warning: Model metadata/) },
    { what: "cancel in a tool", prompt: 8, outcome: cancelledIn(/^Warning: Model metadata/) },
    { what: "hello again", prompt: 11, outcome: hello },
    { what: "provider error told as text", prompt: 12, outcome: emptied },
    { what: "and again", prompt: 13, outcome: emptied },
    { what: "no such session", prompt: 14, outcome: fails("acp-error", /Session nope not found/) },
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

    expect(ending).toMatchObject(outcome);
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
