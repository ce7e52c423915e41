import { limits } from "../../../domain/limits.ts";
import type { PiAnswers } from "./pi-answers.ts";
import type { PiCommands } from "./pi-commands.ts";
import type { PiEnd } from "./pi-end.ts";
import { saysIdle } from "./pi-end.ts";
import type { PiMessage } from "./pi-messages.ts";
import { listOf } from "./pi-records.ts";

/** Makes pi that cannot give back its queue go on with it: what it holds follows this text. */
export const nudge =
  "A message that was queued for you follows. Answer this line with one word, and then handle the message.";

const window = { windowMs: limits.agentAckMs } as const;

/**
 * Has the agent handle messages that pi took when the agent had just ended: an idle pi keeps them for its next prompt.
 *
 * @returns `running` where another run of the agent is to be waited for; `read` where it turns out that the agent was given them;
 * else why they could not be handled.
 */
export async function carryOn(
  unread: readonly PiMessage[],
  commands: PiCommands,
  end: PiEnd,
  answers: PiAnswers,
): Promise<"running" | "read" | { readonly problem: string }> {
  const state = await commands.ask({ type: "get_state" }, window);
  if (!end.isOver) return "running";
  if (saysIdle(state) === undefined) return { problem: "pi is gone" };
  if (state.type === "done" && state.data["pendingMessageCount"] === 0) return "read";
  for (const entry of unread) entry.wasPrompted = true;
  const cleared = await commands.ask({ type: "clear_queue" }, window);
  if (cleared.type === "done") {
    const queued = [...listOf(cleared.data, "steering"), ...listOf(cleared.data, "followUp")];
    const texts = queued.length > 0 ? queued : unread.map(({ text }) => text);
    // Should a run have begun meanwhile, the messages are queued for it.
    return prompt({ message: texts.join("\n\n"), streamingBehavior: "followUp" }, commands, end);
  }
  if (!end.isOver) return "running";
  answers.isAnswering = false;
  return prompt({ message: nudge }, commands, end);
}

async function prompt(
  fields: { readonly message: string; readonly streamingBehavior?: string },
  commands: PiCommands,
  end: PiEnd,
): Promise<"running" | { readonly problem: string }> {
  if (end.isOver) end.expectRun();
  const answer = await commands.ask({ type: "prompt", ...fields }, window);
  if (answer.type === "done") return "running";
  if (end.hasBegun) return "running";
  end.expectNothing();
  return { problem: answer.type === "refused" ? answer.error : "pi did not answer" };
}
