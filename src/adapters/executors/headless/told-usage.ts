import type { Usage } from "../../../domain/usage.ts";

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

/** Input tokens without those from a cache, for programs that count these among the others. */
export function withoutCached(inputTokens: number | undefined, cachedTokens: number | undefined): number | undefined {
  return inputTokens === undefined ? undefined : Math.max(0, inputTokens - (cachedTokens ?? 0));
}
