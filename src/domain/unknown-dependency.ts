import type { DependencyEntry } from "./dependency-rows.ts";
import { pointerFrom, type GraphDiagnostic } from "./diagnostic.ts";
import { isStepId } from "./ids.ts";
import { nearestWord } from "./nearest-word.ts";
import { quotedText } from "./quoted-text.ts";

/**
 * Ids that all suggestions of one check look at together. A small graph gets a suggestion for every typing error; a graph
 * of 100 000 steps that names 100 000 unknown ones gets a single one, because each costs a look at all ids.
 */
const comparisonsMax = 100_000;

/** Looks for the id that an unknown one was probably meant to be, as long as that stays cheap. */
export class Suggestions {
  readonly #indexes: ReadonlyMap<string, number>;
  /** Ids that are well formed: to suggest another one would only lead to the next finding. Read when first needed. */
  #candidates: readonly string[] | undefined;
  #comparisonsLeft = comparisonsMax;

  constructor(indexes: ReadonlyMap<string, number>) {
    this.#indexes = indexes;
  }

  for(unknown: string, ownId: string | undefined): string | undefined {
    if (this.#indexes.size > this.#comparisonsLeft) return undefined;
    this.#comparisonsLeft -= this.#indexes.size;
    this.#candidates ??= [...this.#indexes.keys()].filter((id) => isStepId(id));
    const nearest = nearestWord(unknown, this.#candidates, unknown.length < 4 ? 1 : 2);
    // A step that was told to wait for itself would get a cycle.
    return nearest === ownId ? undefined : nearest;
  }
}

export function unknownDiagnostic(
  { index, kind, place, id }: DependencyEntry,
  ownId: string | undefined,
  suggestion: string | undefined,
): GraphDiagnostic {
  const step = ownId === undefined ? `The step at ${pointerFrom("steps", index)}` : `Step ${quotedText(ownId)}`;
  const verb = kind === "needs" ? "needs" : "comes after";
  const add = `add a step with the id "${id}", or remove the entry.`;
  return {
    code: "dependency-unknown",
    severity: "error",
    message: `${step} ${verb} "${id}", but no step has that id.`,
    pointer: pointerFrom("steps", index, kind, place),
    repair: suggestion === undefined ? `A${add.slice(1)}` : `Write "${suggestion}" if that is meant; else ${add}`,
  };
}
