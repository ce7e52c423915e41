import { isRecord, type Fields } from "../../../domain/fields.ts";
import { addUsage, figureOf, usageFrom, withoutCached, type Usage } from "../../../domain/usage.ts";

/**
 * What an agent said of tokens and money, by whichever of the ways in use it said so: tokens in the answer to a prompt or in the answer's
 * metadata, money in updates of the session. How full its context is, which those updates tell too, is no usage.
 */
export class AcpUsage {
  #sum: Usage | undefined;
  #context: Fields | undefined;

  /** An update of the session: how much of the context is used, and what the whole session has cost so far. */
  contextUpdate(update: Fields): void {
    this.#context = update;
  }

  /** The answer to one prompt. */
  turnResult(result: Fields): void {
    const turn = usageIn(result);
    if (turn !== undefined) this.#sum = this.#sum === undefined ? turn : addUsage(this.#sum, turn);
  }

  get total(): Usage | undefined {
    const costUsd = this.#context === undefined ? undefined : costIn(this.#context);
    if (costUsd === undefined) return this.#sum;
    return { ...(this.#sum ?? usageFrom({ inputTokens: undefined, outputTokens: undefined })), costUsd };
  }
}

function usageIn(result: Fields): Usage | undefined {
  const meta = isRecord(result["_meta"]) ? result["_meta"] : {};
  const quota = isRecord(meta["quota"]) ? meta["quota"] : {};
  const counts = [result["usage"], quota["token_count"]].find(isRecord);
  if (counts === undefined) return undefined;
  const inputTokens = figureOf(counts["inputTokens"]) ?? figureOf(counts["input_tokens"]);
  const outputTokens = figureOf(counts["outputTokens"]) ?? figureOf(counts["output_tokens"]);
  const cacheReadTokens = figureOf(counts["cachedReadTokens"]) ?? figureOf(counts["cachedInputTokens"]);
  const cacheWriteTokens = figureOf(counts["cachedWriteTokens"]) ?? figureOf(counts["cacheWriteInputTokens"]);
  const isCachedAmongInput = countsCachedAmongInput(counts, inputTokens ?? 0, outputTokens ?? 0);
  return usageFrom({
    inputTokens: isCachedAmongInput ? withoutCached(inputTokens, cacheReadTokens, cacheWriteTokens) : inputTokens,
    outputTokens,
    cacheReadTokens,
    cacheWriteTokens,
    model: modelIn(quota),
  });
}

/**
 * By the protocol each kind of tokens is counted apart, and `totalTokens` is the sum of them all. An agent whose total is that of input and
 * output alone counts those of the cache among the input; so do the names that codex gives them.
 */
function countsCachedAmongInput(counts: Fields, inputTokens: number, outputTokens: number): boolean {
  if (figureOf(counts["cachedInputTokens"]) !== undefined) return true;
  const total = figureOf(counts["totalTokens"]);
  const thoughts = figureOf(counts["thoughtTokens"]) ?? 0;
  const both = inputTokens + outputTokens;
  return total !== undefined && (total === both || total === both + thoughts);
}

function modelIn(quota: Fields): string | undefined {
  const used = quota["model_usage"];
  const last: unknown = Array.isArray(used) ? used.at(-1) : undefined;
  return isRecord(last) && typeof last["model"] === "string" ? last["model"] : undefined;
}

function costIn(context: Fields): number | undefined {
  const cost = context["cost"];
  return isRecord(cost) && cost["currency"] === "USD" ? figureOf(cost["amount"]) : undefined;
}
