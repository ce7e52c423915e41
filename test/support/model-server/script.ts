import type { ModelRequest } from "./model-request.ts";
import type { Reply } from "./reply.ts";

/** Says what the model answers to each request of a script. Throws where it has no answer. */
export type Script = (request: ModelRequest) => Reply | Promise<Reply>;

/** The first request gets the first reply, the second the second, whoever asks. One more than there are is a mistake. */
export function inOrder(...replies: readonly Reply[]): Script {
  let next = 0;
  return () => replyAt(replies, next++);
}

/**
 * A request gets the reply of its turn, by the answers that its conversation already holds. For scripts that several agents follow at
 * once, or one that is started anew.
 */
export function byTurn(...replies: readonly Reply[]): Script {
  return ({ messages }) => replyAt(replies, messages.filter(({ role }) => role === "assistant").length);
}

/** Every request gets the same reply. */
export function always(reply: Reply): Script {
  return () => reply;
}

function replyAt(replies: readonly Reply[], index: number): Reply {
  const reply = replies[index];
  if (reply === undefined)
    throw new Error(`The script has ${replies.length} replies, and number ${index + 1} is asked for.`);
  return reply;
}
