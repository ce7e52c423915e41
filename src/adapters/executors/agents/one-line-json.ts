/** What would end a line for one reader or another, or open a tag. */
const unsafePattern = /[<>&\u0085\u2028\u2029\u007f]/g;

/**
 * JSON that stays on one line for every reader and holds no angle bracket or ampersand: such characters are written as escapes,
 * which mean the same.
 */
export function oneLineJson(value: unknown): string {
  return JSON.stringify(value).replace(
    unsafePattern,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
