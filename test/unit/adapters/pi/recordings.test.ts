import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { AgentEnding } from "../../../../src/adapters/executors/agents/agent-program.ts";
import { converseWithPi } from "../../../../src/adapters/executors/pi/pi-conversation.ts";
import type { PiDialog, PiDialogAnswer } from "../../../../src/adapters/executors/pi/pi-dialogs.ts";
import type { FakeMessage, PiOrder } from "../../../support/pi-order.ts";
import { fakeMessage, piOrder, turn } from "../../../support/pi-order.ts";
import { PiPlayer, readRecording } from "../../../support/pi-player.ts";

interface Expected {
  /** The prompt that the conversation sends, where it is not the first one of the recording. */
  readonly prompt?: string;
  readonly model?: string;
  /** Beginnings of the final answers; a conversation without any fails. */
  readonly finals?: readonly string[];
  readonly code?: string;
  readonly kind?: string;
  readonly exitCode?: number;
  readonly lastText?: string;
  /** Input tokens, output tokens, turns. */
  readonly usage: readonly [number, number, number];
  /** What was said of each message. */
  readonly messages?: readonly string[];
  /** The record after which the outcome is known: none must be taken before it. */
  readonly after?: readonly string[];
  readonly diagnostic?: string;
}

const long = "This is a long streamed answer";
const taken = "accepted, consumed";

const expectations: Readonly<Record<string, readonly Expected[]>> = {
  "abort-during-text": [
    { kind: "aborted", lastText: "This is a lo", usage: [0, 0, 1] },
    { prompt: "again", finals: ["fresh answer after abort"], usage: [100, 10, 1] },
  ],
  "bad-model": [{ model: "nosuch", finals: ["ok"], usage: [100, 10, 1], diagnostic: "agent-model" }],
  "compact-threshold": [
    { finals: ["first word"], usage: [12_000, 500, 1] },
    { prompt: "two", finals: ["answer 1"], usage: [27_500, 60, 1], after: ["compaction_end"] },
    { prompt: "three", finals: ["answer 3"], usage: [3_000, 60, 1] },
  ],
  "crash-midstream": [{ finals: ["second try ok"], usage: [100, 10, 2] }],
  "empty-answer": [{ code: "assistant-final-empty", usage: [100, 10, 1] }],
  "error-400": [{ code: "assistant-error", usage: [0, 0, 1] }],
  "ext-error": [{ finals: ["after"], usage: [200, 20, 2] }],
  "ext-ui": [{ finals: ["asked everything"], usage: [500, 50, 5] }],
  "follow-up": [{ finals: [long, "Follow 1: ", "Follow 2: "], usage: [300, 30, 3], messages: [taken, taken] }],
  invalid: [{ prompt: "alive?", finals: ["still alive"], usage: [100, 10, 1] }],
  "length-stop": [{ code: "assistant-stop", kind: "truncated", lastText: "cut off her", usage: [100, 10, 1] }],
  "prompt-while-busy": [{ finals: [long, "next: ", "next: "], usage: [300, 30, 3], messages: [taken, taken] }],
  "queue-while-idle": [{ finals: ["seen: now run|STEER while idle", "seen: now run"], usage: [200, 20, 2] }],
  "retry-500-then-ok": [{ finals: ["recovered"], usage: [100, 10, 3] }],
  "sigterm-midrun": [{ code: "agent-exited", exitCode: 143, usage: [100, 10, 1] }],
  simple: [{ finals: ["Hello from the fake model."], usage: [100, 10, 1] }],
  "steer-during-text": [{ finals: [long, "Second turn; "], usage: [200, 20, 2], messages: [taken] }],
  "steer-during-tool": [{ finals: ["Final; last user was: "], usage: [200, 20, 2], messages: [taken] }],
  thinking: [{ finals: ["thought."], usage: [100, 10, 1] }],
  "tool-errors": [{ finals: ["All failed as expected."], usage: [200, 20, 2] }],
  "tool-read-bash": [{ finals: ["Done: alpha, beta."], usage: [200, 20, 2] }],
  "two-prompts-same-chunk": [{ finals: ["first answer text is here"], usage: [100, 10, 1] }],
};

function answered({ method }: PiDialog): PiDialogAnswer {
  if (method === "confirm") return { confirmed: true };
  return method === "select" ? { value: "green" } : { cancelled: true };
}

function howEnded({ code, kind, exitCode, lastText = "" }: Expected): object {
  if (code === undefined && kind === undefined) return { type: "succeeded" };
  const said = { ...(code === undefined ? {} : { code }), ...(exitCode === undefined ? {} : { exitCode }) };
  return { type: "failed", failure: { kind: kind ?? "agent", ...said }, lastText };
}

interface Played {
  readonly ending: AgentEnding;
  readonly order: PiOrder;
  readonly player: PiPlayer;
  readonly messages: readonly FakeMessage[];
}

async function play(
  file: string,
  { prompt, model = "fake-1" }: Pick<Expected, "prompt" | "model"> = {},
): Promise<Played> {
  const order = piOrder(prompt === undefined ? {} : { task: prompt });
  const messages: FakeMessage[] = [];
  const player = new PiPlayer(readRecording(file), prompt, {
    message(channel, text) {
      const message = fakeMessage(channel, text, messages.length + 1);
      messages.push(message);
      order.attempt.listener?.(message);
    },
    stop: () => order.attempt.stop.ask(),
  });
  let ending: AgentEnding | undefined;
  void converseWithPi(player.child, order, { model, dialogs: answered }).then((how) => (ending = how));
  await player.play(() => ending !== undefined);
  await turn();
  if (ending === undefined) throw new Error(`${file} came to no end`);
  expect(order.clock.armed, "timers that are left").toBe(0);
  return { ending, order, player, messages };
}

const files = readdirSync(new URL("../../../recordings/pi", import.meta.url)).toSorted();

describe("a recorded pi", () => {
  it("is known in all of its recordings", () => {
    const scenarios = new Set(files.map((file) => file.replace(/^[\d.]+-/, "").replace(".jsonl", "")));
    expect([...scenarios].toSorted()).toEqual(Object.keys(expectations).toSorted());
    expect(files).toHaveLength(54);
  });

  for (const file of files) {
    const scenario = file.replace(/^[\d.]+-/, "").replace(".jsonl", "");
    for (const expected of expectations[scenario] ?? []) {
      it(`ends as it should: ${file}${expected.prompt === undefined ? "" : ` from "${expected.prompt}" on`}`, async () => {
        const { ending, order, player, messages } = await play(file, expected);
        const { finals = [], usage } = expected;
        expect(ending.finals.map((text, index) => text.slice(0, finals[index]?.length))).toEqual(finals);
        expect(ending.usage).toMatchObject({ inputTokens: usage[0], outputTokens: usage[1], turns: usage[2] });
        expect(ending.usage?.model).toBe(expected.model ?? "fake-1");
        expect(ending).toMatchObject(howEnded(expected));
        expect(messages.map(({ said }) => said.join(", "))).toEqual(expected.messages ?? []);
        expect(player.said.map(({ type }) => type)).toEqual(expect.arrayContaining([...(expected.after ?? [])]));
        expect(order.attempt.diagnostics.map(({ code }) => code)).toEqual(
          expected.diagnostic === undefined ? [] : [expected.diagnostic],
        );
      });
    }
  }

  it("streams each assistant message apart, without what the model thinks", async () => {
    const { order } = await play("0.73-tool-read-bash.jsonl");
    expect(order.attempt.textOf("assistant-1")).toBe("Let me look.");
    expect(order.attempt.textOf("assistant-2")).toBe("Done: alpha, beta.");
    for (const version of ["0.73", "1.5"]) {
      const { order: thinking } = await play(`${version}-thinking.jsonl`);
      expect(thinking.attempt.textOf("assistant-1")).toBe("thought.");
    }
  });

  it("reports its tools when they start and end, with what was asked and what came of it", async () => {
    const { order } = await play("1.5-tool-errors.jsonl");
    const ended = order.attempt.tools.filter(({ phase }) => phase === "ended");
    expect(order.attempt.tools.filter(({ phase }) => phase === "started").map(({ tool }) => tool)).toEqual([
      "bash",
      "nosuch",
      "read",
    ]);
    expect(ended.map(({ isError }) => isError)).toEqual([true, true, true]);
    expect(order.attempt.tools[0]).toMatchObject({ tool: "bash", summary: "echo oops >&2; exit 3" });
    expect(ended.find(({ tool }) => tool === "nosuch")?.summary).toBe("Tool nosuch not found");
  });
});
