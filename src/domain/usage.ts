/** What the models of one attempt were asked for and gave. Missing figures are those that the program did not tell. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  /** In US dollars, as the program counted it. */
  readonly costUsd?: number;
  /** How often a model was asked. */
  readonly turns?: number;
  /** The model that answered last. */
  readonly model?: string;
}

export const noUsage: Usage = { inputTokens: 0, outputTokens: 0 };

/** Two usages as one; a figure that only one of them has counts as it is. */
export function addUsage(one: Usage, other: Usage): Usage {
  const cacheReadTokens = sum(one.cacheReadTokens, other.cacheReadTokens);
  const cacheWriteTokens = sum(one.cacheWriteTokens, other.cacheWriteTokens);
  const costUsd = sum(one.costUsd, other.costUsd);
  const turns = sum(one.turns, other.turns);
  const model = other.model ?? one.model;
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    ...(cacheReadTokens === undefined ? {} : { cacheReadTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
    ...(costUsd === undefined ? {} : { costUsd }),
    ...(turns === undefined ? {} : { turns }),
    ...(model === undefined ? {} : { model }),
  };
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : one + other;
}
