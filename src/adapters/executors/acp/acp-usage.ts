import { isRecord, type Fields } from "../../../domain/fields.ts";
import { addUsage, figureOf, usageFrom, type Usage } from "../../../domain/usage.ts";

/**
 * What an agent said of tokens and money, by whichever of the ways in use it said so: in the answer to a prompt, in the answer's
 * metadata, and what all of it cost in updates of the session. Where no tokens are told, the figures are 0.
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
    const context = this.#context;
    if (context === undefined) return this.#sum;
    const costUsd = costIn(context);
    if (costUsd === undefined) return this.#sum;
    // How full the context is says nothing of what was asked for in all: it must not be summed up with what others spent.
    return { ...(this.#sum ?? { inputTokens: 0, outputTokens: 0 }), costUsd };
  }
}

function usageIn(result: Fields): Usage | undefined {
  const meta = isRecord(result["_meta"]) ? result["_meta"] : {};
  const quota = isRecord(meta["quota"]) ? meta["quota"] : {};
  const counts = [result["usage"], quota["token_count"]].find(isRecord);
  if (counts === undefined) return undefined;
  return usageFrom({
    inputTokens: figureOf(counts["inputTokens"]) ?? figureOf(counts["input_tokens"]),
    outputTokens: figureOf(counts["outputTokens"]) ?? figureOf(counts["output_tokens"]),
    cacheReadTokens: figureOf(counts["cachedReadTokens"]) ?? figureOf(counts["cachedInputTokens"]),
    cacheWriteTokens: figureOf(counts["cachedWriteTokens"]) ?? figureOf(counts["cacheWriteInputTokens"]),
    model: modelIn(quota),
  });
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
