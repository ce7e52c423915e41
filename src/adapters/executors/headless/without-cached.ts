/** Input tokens without those from a cache, for programs that count these among the others. */
export function withoutCached(inputTokens: number | undefined, cachedTokens: number | undefined): number | undefined {
  return inputTokens === undefined ? undefined : Math.max(0, inputTokens - (cachedTokens ?? 0));
}
