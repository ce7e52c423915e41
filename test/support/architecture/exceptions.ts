/**
 * Violations that are known, each with its reason, by a part of what the rule says. A rule is never weakened in silence: whoever
 * adds an entry says why here, and an entry that excuses nothing any more is a violation itself.
 */
export const exceptions: Readonly<Record<string, string>> = {
  "src/domain/work.ts uses Promise": "Only a type: what a caller's function may return. Nothing here waits.",
};
