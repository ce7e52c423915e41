import { expect, it } from "vitest";
import { createParser } from "../../../../src/adapters/executors/headless/parsers.ts";

const sink = { text: () => undefined, tool: () => undefined, diagnostic: () => undefined };

/** Each program's own words for a model that was given 100 tokens, 60 of them from a cache, and wrote 5. */
const told: readonly (readonly [string, object])[] = [
  ["claude", { type: "result", usage: { input_tokens: 40, cache_read_input_tokens: 60, output_tokens: 5 } }],
  ["codex", { type: "turn.completed", usage: { input_tokens: 100, cached_input_tokens: 60, output_tokens: 5 } }],
  ["gemini", { type: "result", stats: { input_tokens: 100, cached: 60, output_tokens: 5 } }],
  ["opencode", { type: "step_finish", part: { tokens: { input: 40, output: 5, cache: { read: 60 } } } }],
  ["pi-json", { type: "message_end", message: { role: "assistant", usage: { input: 40, output: 5, cacheRead: 60 } } }],
];

it.each(told)("counts tokens of the cache once, as %s tells them", (name, record) => {
  const parser = createParser(name, sink)!;
  parser.line(JSON.stringify(record));
  const { usage } = parser.end({ code: 0, signal: null, wasStopped: false });
  expect(usage).toMatchObject({ inputTokens: 40, outputTokens: 5, cacheReadTokens: 60 });
});

it("counts tokens that were written to a cache once, too", () => {
  const parser = createParser("codex", sink)!;
  const usage = { input_tokens: 100, cached_input_tokens: 60, cache_write_input_tokens: 30, output_tokens: 5 };
  parser.line(JSON.stringify({ type: "turn.completed", usage }));
  expect(parser.end({ code: 0, signal: null, wasStopped: false }).usage).toEqual({
    inputTokens: 10,
    outputTokens: 5,
    cacheReadTokens: 60,
    cacheWriteTokens: 30,
  });
});
