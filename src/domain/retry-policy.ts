import type { RetryDocument } from "./graph-document.ts";
import { limits } from "./limits.ts";

/** All attempts that a step may make, the first included. */
export function attemptsMaxOf(retry: RetryDocument | undefined): number {
  return retry?.attempts ?? 1;
}

/**
 * How long to wait after a failed attempt, in whole milliseconds, 0 without a backoff.
 *
 * Doubles with each attempt up to `limits.backoffSecondsMax`; chance (`jitter`, at least 0 and below 1) then takes away up to
 * `limits.backoffJitterFraction` of it, so that steps which failed together do not return together.
 */
export function backoffMs(retry: RetryDocument | undefined, failedAttempt: number, jitter: number): number {
  const base = retry?.backoffSeconds ?? 0;
  const seconds = Math.min(base * limits.backoffGrowth ** (failedAttempt - 1), limits.backoffSecondsMax);
  return Math.round(seconds * 1_000 * (1 - limits.backoffJitterFraction * jitter));
}
