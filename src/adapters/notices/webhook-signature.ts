import { createHmac, timingSafeEqual } from "node:crypto";
import { limits } from "../../domain/limits.ts";

/** The header that carries it. */
export const signatureHeader = "Runfold-Signature";

/**
 * What stands in the header `Runfold-Signature`: `t=SECONDS,v1=HEX`, where HEX is HMAC-SHA-256, by the secret, of the seconds since
 * 1970, a dot, and the body.
 */
export function signatureOf(secret: string, atSeconds: number, body: string): string {
  return `t=${atSeconds},v1=${digestOf(secret, atSeconds, body)}`;
}

export interface SignatureOptions {
  /** How far the time of the signature may be from now. Default: `limits.webhookToleranceSecondsDefault`. */
  readonly toleranceSeconds?: number;
  /** Default: the system's time. */
  readonly now?: () => number;
}

/**
 * Whether a request is from somebody who knows the secret, and not older than the tolerance: for whoever receives a webhook. `body` is
 * the text as it came, before it is parsed.
 */
export function isSignedBy(
  secret: string,
  header: string | null | undefined,
  body: string,
  { toleranceSeconds = limits.webhookToleranceSecondsDefault, now = Date.now }: SignatureOptions = {},
): boolean {
  const [, seconds, hex] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(header ?? "") ?? [];
  if (seconds === undefined || hex === undefined) return false;
  if (Math.abs(now() / 1_000 - Number(seconds)) > toleranceSeconds) return false;
  return timingSafeEqual(Buffer.from(hex, "hex"), Buffer.from(digestOf(secret, Number(seconds), body), "hex"));
}

function digestOf(secret: string, atSeconds: number, body: string): string {
  return createHmac("sha256", secret).update(`${atSeconds}.${body}`).digest("hex");
}
