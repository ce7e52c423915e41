import { RunfoldError } from "../../domain/errors.ts";
import { limits } from "../../domain/limits.ts";
import type { Notice } from "../../domain/notice.ts";
import type { NoticeFailure, NoticeSink } from "../../ports/notice-sink.ts";
import { signatureHeader, signatureOf } from "./webhook-signature.ts";

export interface WebhookOptions {
  /** Where notices are posted to: `http:` or `https:`, without a user name or a password in it. */
  readonly url: string;
  /** What the receiver checks the signature with. Not empty. */
  readonly secret: string;
  /** More headers, such as `Authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For the whole of one request. Default and maximum: `limits.webhookTimeoutMs`. */
  readonly timeoutMs?: number;
  /** For the signature. Default: the system's time. */
  readonly now?: () => number;
}

/**
 * Posts each notice as JSON, signed, with its key as `Idempotency-Key`. Any answer of 2xx says that it was delivered. What may pass
 * (no connection, no answer in time, 408, 425, 429, 5xx) is tried again, not before a `Retry-After` that the answer has; any other
 * answer is final, a redirect as well, which is not followed: the notice is undelivered.
 * @throws `notice.invalid` for an address or a secret that is none.
 */
export function webhookSink(options: WebhookOptions): NoticeSink {
  const url = checkedUrl(options.url);
  const { secret, headers = {}, now = Date.now } = options;
  if (typeof secret !== "string" || secret === "") throw invalid("A webhook needs a secret to sign its notices with.");
  const timeoutMs = Math.min(options.timeoutMs ?? limits.webhookTimeoutMs, limits.webhookTimeoutMs);
  return async (notice, { signal }) => {
    const body = JSON.stringify(wireNotice(notice));
    let response: Response;
    try {
      response = await fetch(url, {
        method: "POST",
        redirect: "manual",
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        headers: {
          ...headers,
          "Content-Type": "application/json",
          "Idempotency-Key": notice.key,
          [signatureHeader]: signatureOf(secret, Math.floor(now() / 1_000), body),
        },
        body,
      });
    } catch (error) {
      return { reason: `${url.host} gave no answer: ${reasonOf(error)}` };
    }
    if (response.ok) {
      await response.body?.cancel().catch(() => undefined);
      return undefined;
    }
    return await failureOf(response, url, now());
  };
}

/** On the wire a step that timed out is `timed_out`, as in the reasons. */
function wireNotice({ summary, ...notice }: Notice): object {
  const { timedOut, ...counts } = summary.counts;
  const outputs = summary.outputs.map((output) => ({
    ...output,
    status: output.status === "timedOut" ? "timed_out" : output.status,
  }));
  return { ...notice, summary: { ...summary, counts: { ...counts, timed_out: timedOut }, outputs } };
}

async function failureOf(response: Response, { host }: URL, now: number): Promise<NoticeFailure> {
  const { status } = response;
  const said = await headOf(response);
  const reason = `${host} answered ${status}${said === "" ? "" : `: ${said}`}`;
  if (!isPassing(status)) return { reason, isFinal: true };
  const retryAfterMs = waitOf(response.headers.get("Retry-After"), now);
  return { reason, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
}

function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

/** The beginning of what was answered; the rest is not read. */
async function headOf({ body }: Response): Promise<string> {
  if (body === null) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    while (text.length < limits.webhookAnswerCharsMax) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value.subarray(0, limits.webhookAnswerCharsMax), { stream: true });
    }
  } catch {
    // It broke off, and what came until then is enough.
  } finally {
    await reader.cancel().catch(() => undefined);
  }
  return text
    .slice(0, limits.webhookAnswerCharsMax)
    .replace(/[\s\p{Cc}\p{Cs}]+/gu, " ")
    .trim();
}

/** Seconds, or a date. */
function waitOf(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  const ms = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - now;
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/** The text of a failed request is one level below: what is on top says only that it failed. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
}

function checkedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) throw invalid("The address of a webhook is no URL.");
  const { protocol, username, password } = url;
  if (protocol !== "http:" && protocol !== "https:") {
    throw invalid(`The address of a webhook begins with http: or https:, not ${protocol}`);
  }
  if (username !== "" || password !== "")
    throw invalid("Put credentials of a webhook into a header, not into its address.");
  return url;
}

function invalid(message: string): RunfoldError {
  return new RunfoldError("notice.invalid", message);
}
