interface TextBlock {
  readonly type: "text";
  readonly text: string;
}

/**
 * The first prompt of a session: who the agent is, then its task. Version 1 of the protocol knows no system prompt, so it goes first,
 * in a fence that nothing in it can close.
 */
export function firstPrompt(systemPrompt: string, task: string): readonly TextBlock[] {
  if (systemPrompt.trim() === "") return [textBlock(task)];
  const fence = fenceAround(systemPrompt);
  const opening = "These are your instructions for this whole session. Your task follows after them.";
  return [textBlock(`${opening}\n\n${fence}\n${systemPrompt}\n${fence}\n`), textBlock(task)];
}

export function textBlock(text: string): TextBlock {
  return { type: "text", text };
}

/** Longer than any row of tildes within. */
function fenceAround(text: string): string {
  let longest = 3;
  for (const [row] of text.matchAll(/~{4,}/g)) longest = Math.max(longest, row.length);
  return "~".repeat(longest + 1);
}
