/**
 * What the models of one attempt were asked for and gave, whichever program tells it. Missing figures are those that it did not tell; one
 * that tells money alone has no tokens, which count as 0. How full a context is says nothing of what was used, and counts nowhere.
 */
export interface Usage {
  /** Without those that were read from a cache or written to one, which stand below: what a model was given is the three together. */
  readonly inputTokens: number;
  /** What the model wrote, as the program counts it; most count its thoughts among it. */
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

/** Two usages as one; a figure that only one of them has counts as it is. */
export function addUsage(one: Usage, other: Usage): Usage {
  const cacheReadTokens = sum(one.cacheReadTokens, other.cacheReadTokens);
  const cacheWriteTokens = sum(one.cacheWriteTokens, other.cacheWriteTokens);
  const costUsd = sum(one.costUsd, other.costUsd);
  const turns = sum(one.turns, other.turns);
  const model = other.model ?? one.model;
  const inputTokens = one.inputTokens + other.inputTokens;
  const outputTokens = one.outputTokens + other.outputTokens;
  return usageFrom({ inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, costUsd, turns, model });
}

function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : one + other;
}

/** Figures as a program tells them; undefined for those that it does not. */
export interface ToldUsage {
  readonly inputTokens: number | undefined;
  readonly outputTokens: number | undefined;
  readonly cacheReadTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
  readonly costUsd?: number | undefined;
  readonly turns?: number | undefined;
  readonly model?: string | undefined;
}

/** A usage without the figures that were not told. */
export function usageFrom(told: ToldUsage): Usage {
  const { inputTokens = 0, outputTokens = 0, cacheReadTokens, cacheWriteTokens, costUsd, turns, model } = told;
  return {
    inputTokens,
    outputTokens,
    ...(cacheReadTokens === undefined ? {} : { cacheReadTokens }),
    ...(cacheWriteTokens === undefined ? {} : { cacheWriteTokens }),
    ...(costUsd === undefined ? {} : { costUsd }),
    ...(turns === undefined ? {} : { turns }),
    ...(model === undefined ? {} : { model }),
  };
}

/** A count or an amount as a program tells it: a finite number that is not negative. */
export function figureOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Input tokens without those of a cache, for programs that count these among the others. */
export function withoutCached(inputTokens: number | undefined, ...cached: (number | undefined)[]): number | undefined {
  if (inputTokens === undefined) return undefined;
  return Math.max(0, inputTokens - cached.reduce<number>((all, one) => all + (one ?? 0), 0));
}
