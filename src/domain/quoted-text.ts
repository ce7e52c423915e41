const shownCharsMax = 80;

/**
 * A text in double quotes, fit for one line of a message: escaped, and cut where it is long.
 *
 * Messages quote what a stranger wrote, so a text of any length or with control characters must do no harm there.
 */
export function quotedText(text: string): string {
  const shown = JSON.stringify(text.slice(0, shownCharsMax));
  return text.length > shownCharsMax ? `${shown.slice(0, -1)}…" (${text.length} characters)` : shown;
}

/** A value that is not what it should be, fit for one line of a message, whatever it is. */
export function quotedValue(value: unknown): string {
  if (typeof value === "string") return quotedText(value);
  if (typeof value === "number" || value === undefined || value === null) return String(value);
  return `a value of type ${typeof value}`;
}
