import { limits } from "./limits.ts";

const { mutationScopeCharsMin: scopeCharsMin } = limits;

/**
 * What makes a scope one that nobody has thought about, or undefined. A blank scope is left to the check of the shape.
 *
 * Agents are told their scope word for word, so a template that was never filled in would allow everything or nothing.
 */
export function scopeProblem(scope: unknown): string | undefined {
  if (typeof scope !== "string" || scope.trim() === "") return undefined;
  const text = scope.trim();
  if (text.length < scopeCharsMin) return `must have at least ${scopeCharsMin} characters, but it has ${text.length}.`;
  // In capitals alone: "replace the parser" is a scope.
  const start = /^(?:REPLACE|TODO|TBD)/.exec(text)?.[0];
  if (start !== undefined) return `begins with "${start}", so it still waits to be written.`;
  if (/placeholder/i.test(text)) return "is a placeholder.";
  if (/<[^>]*>/.test(text)) return "has a part in angle brackets that still waits to be filled in.";
  if (text.includes("...") || text.includes("…")) return "leaves something open with three dots.";
  return undefined;
}
