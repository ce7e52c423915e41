import { describe, expect, it } from "vitest";
import { acpOrder } from "../../../support/acp/acp-order.ts";
import { talk } from "../../../support/acp/played-agent.ts";

describe("the usage", () => {
  const cost = { amount: 0.25, currency: "USD" };

  it.each<[string, object, object | undefined, object | undefined]>([
    [
      "is the answer's own",
      {
        usage: { inputTokens: 5, outputTokens: 2, cachedReadTokens: 3 },
        _meta: { quota: { token_count: { input_tokens: 9, output_tokens: 9 } } },
      },
      undefined,
      { inputTokens: 5, outputTokens: 2, cacheReadTokens: 3 },
    ],
    [
      "is that of the quota otherwise",
      {
        usage: null,
        _meta: { quota: { token_count: { input_tokens: 5, output_tokens: 2 }, model_usage: [{ model: "m" }] } },
      },
      undefined,
      { inputTokens: 5, outputTokens: 2, model: "m" },
    ],
    [
      "counts tokens of the cache once, where they are apart from the input",
      {
        usage: { totalTokens: 18, inputTokens: 5, outputTokens: 2, cachedReadTokens: 10, cachedWriteTokens: 1 },
      },
      undefined,
      { inputTokens: 5, outputTokens: 2, cacheReadTokens: 10, cacheWriteTokens: 1 },
    ],
    [
      "counts tokens of the cache once, where they are among the input",
      {
        usage: { totalTokens: 18, inputTokens: 16, outputTokens: 2, cachedReadTokens: 10, cachedWriteTokens: 1 },
      },
      undefined,
      { inputTokens: 5, outputTokens: 2, cacheReadTokens: 10, cacheWriteTokens: 1 },
    ],
    [
      "counts tokens of the cache once, where codex names them",
      { _meta: { quota: { token_count: { inputTokens: 15, outputTokens: 2, cachedInputTokens: 10 } } } },
      undefined,
      { inputTokens: 5, outputTokens: 2, cacheReadTokens: 10 },
    ],
    ["is not how full the context is", {}, { used: 70, size: 100 }, undefined],
    [
      "is money alone where nothing else is told",
      {},
      { used: 70, size: 100, cost },
      { inputTokens: 0, outputTokens: 0, costUsd: 0.25 },
    ],
    [
      "has the cost of the whole session",
      { usage: { inputTokens: 5, outputTokens: 2 } },
      { used: 7, size: 9, cost },
      { inputTokens: 5, outputTokens: 2, costUsd: 0.25 },
    ],
    [
      "knows no other money",
      { usage: { inputTokens: 5, outputTokens: 2 } },
      { used: 7, cost: { amount: 1, currency: "EUR" } },
      { inputTokens: 5, outputTokens: 2 },
    ],
    [
      "is missing where nothing is told",
      { usage: null, _meta: { quota: { token_count: null } } },
      undefined,
      undefined,
    ],
  ])("%s", async (_, rest, context, usage) => {
    const { child, ending } = await talk(acpOrder());
    if (context !== undefined) child.update({ sessionUpdate: "usage_update", ...context });
    child.says("Done.");
    child.ends("end_turn", rest);
    expect((await ending).usage).toEqual(usage);
  });
});
