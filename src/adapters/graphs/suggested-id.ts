import { isStepId } from "../../domain/ids.ts";
import { limits } from "../../domain/limits.ts";

/** The id that is nearest to a text which is none: `Build All` gives `build-all`. */
export function suggestedId(text: unknown): string | undefined {
  if (typeof text !== "string") return undefined;
  const letters = text.slice(0, 200).toLowerCase();
  const id = letters.replaceAll(/[^a-z0-9]+/g, "-").replace(/^[^a-z]+/, "");
  const cut = id.slice(0, limits.stepIdCharsMax).replace(/-+$/, "");
  return isStepId(cut) ? cut : undefined;
}
