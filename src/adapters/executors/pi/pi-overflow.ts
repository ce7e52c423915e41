/**
 * How providers say that a conversation no longer fits into the model: pi then shortens it and tries again by itself, so that such an
 * error is no outcome. The phrasings are those of the providers that pi knows.
 */
const overflows: readonly RegExp[] = [
  /prompt is too long/,
  /prompt too long/,
  /request_too_large/,
  /input is too long for requested model/,
  /exceeds the context window/,
  /context window exceeds/,
  /model_context_window_exceeded/,
  /context[_ ]length[_ ]exceeded/,
  /maximum context length/,
  /exceeds the available context size/,
  /(?:longer|greater) than the (?:model'?s )?context length/,
  /input token count.*exceeds the maximum/,
  /maximum prompt length is \d/,
  /reduce the length of the messages/,
  /prompt token count.*exceeds the limit of \d/,
  /exceeded model token limit/,
  /token limit exceeded/,
  /too many tokens/,
  /^4(?:00|13)\s*(?:status code)?\s*\(no body\)/,
];

/** What sounds alike and is about something else. */
const others = /rate[ _-]?limit|throttl|too many requests|service unavailable/;

/** Whether the text of an error says that the context was too long. */
export function isOverflow(error: string | undefined): boolean {
  if (error === undefined) return false;
  const text = error.toLowerCase();
  return !others.test(text) && overflows.some((overflow) => overflow.test(text));
}
