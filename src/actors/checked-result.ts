import { cutText } from "../domain/cut-text.ts";
import type { Failure } from "../domain/failure.ts";
import { isRecord } from "../domain/fields.ts";
import type { Json } from "../domain/json.ts";
import { limits } from "../domain/limits.ts";
import type { StoredOutput } from "../domain/output.ts";
import { figureOf, usageFrom } from "../domain/usage.ts";
import type { Usage } from "../domain/usage.ts";
import type { AttemptResult } from "../ports/executor.ts";

/**
 * What an executor gave, as the journal can keep it, or a failure that says what is wrong with it. Executors are also written by
 * others, and not all of them in TypeScript: what cannot be written must not get as far as the journal.
 */
export function checkedResult(result: AttemptResult): AttemptResult {
  if (!isResult(result)) return executorFailed("it gave something that is no result.");
  const spent = result.usage === undefined ? {} : checkedUsage(result.usage);
  if (result.type === "succeeded") {
    const output = checkedOutput(result.output);
    if (typeof output === "string") return { ...executorFailed(`it gave an output that ${output}`), ...spent };
    // What is already as it must be, which most results are, is passed without a copy.
    if (output === result.output && result.usage === undefined) return result;
    return { type: "succeeded", output, ...spent };
  }
  const { failure } = result;
  const partial = result.partial === undefined ? undefined : checkedOutput(result.partial);
  // What went wrong matters more than the evidence for it.
  if (partial === undefined || typeof partial === "string") return { type: "failed", failure, ...spent };
  return { type: "failed", failure, partial, ...spent };
}

/** What was counted, field by field; figures that are none are left out, and usage without tokens is no usage. */
function checkedUsage(usage: unknown): { readonly usage?: Usage } {
  if (!isRecord(usage)) return {};
  const { inputTokens, outputTokens, model } = usage;
  if (figureOf(inputTokens) === undefined || figureOf(outputTokens) === undefined) return {};
  return {
    usage: usageFrom({
      inputTokens: figureOf(inputTokens),
      outputTokens: figureOf(outputTokens),
      cacheReadTokens: figureOf(usage["cacheReadTokens"]),
      cacheWriteTokens: figureOf(usage["cacheWriteTokens"]),
      costUsd: figureOf(usage["costUsd"]),
      turns: figureOf(usage["turns"]),
      model: typeof model === "string" ? cutText(model, limits.toolNameCharsMax) : undefined,
    }),
  };
}

/** The executor broke its contract: data like any other failure. */
export function executorFailed(why: string): AttemptResult {
  return { type: "failed", failure: { kind: "executor", message: `The executor failed: ${why}` } };
}

function isResult(result: unknown): result is AttemptResult {
  if (typeof result !== "object" || result === null || !("type" in result)) return false;
  if (result.type === "succeeded")
    return "output" in result && typeof result.output === "object" && result.output !== null;
  return result.type === "failed" && "failure" in result && isFailure(result.failure);
}

function isFailure(failure: unknown): failure is Failure {
  if (typeof failure !== "object" || failure === null) return false;
  return (
    "kind" in failure && typeof failure.kind === "string" && "message" in failure && typeof failure.message === "string"
  );
}

/** The output as JSON alone, or what is wrong with it. Small plain values, which most are, are passed at once. */
function checkedOutput(output: StoredOutput): StoredOutput | string {
  const { value } = output;
  if (value === null || typeof value === "boolean" || (typeof value === "number" && Number.isFinite(value)))
    return output;
  if (typeof value === "string" && value.length * utf8BytesPerCharMax <= limits.answerBytesMax) return output;
  let json: string | undefined;
  try {
    json = JSON.stringify(value);
  } catch {
    return "is not JSON.";
  }
  if (json === undefined) return "is not JSON.";
  const isSmall = json.length * utf8BytesPerCharMax <= limits.answerBytesMax;
  if (!isSmall && new TextEncoder().encode(json).length > limits.answerBytesMax) {
    return `has more than ${limits.answerBytesMax} bytes; large outputs belong into an artifact.`;
  }
  return { ...output, value: JSON.parse(json) as Json };
}

const utf8BytesPerCharMax = 3;
