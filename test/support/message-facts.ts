import type { MessageState } from "../../src/machines/message-state.ts";

/** All that the machines know of messages, as JSON. */
export function messageFacts({ last, keys, ofStep }: MessageState): unknown {
  const steps = Array.from(ofStep, ([step, { open, ...rest }]) => [step, rest, [...open]] as const);
  return { last, keys: [...keys], steps };
}
