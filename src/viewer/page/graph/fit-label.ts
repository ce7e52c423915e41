import { visibleLine } from "../text/visible-text.ts";

/** A text that is no wider than its room, with an ellipsis where something is missing. */
export function fitLabel(context: CanvasRenderingContext2D, text: string, width: number): string {
  const shown = visibleLine(text);
  const whole = context.measureText(shown).width;
  if (whole <= width) return shown;
  // About so many characters have room; the rest is found by trying.
  let end = Math.max(1, Math.floor((shown.length * width) / whole));
  while (end > 1 && context.measureText(`${shown.slice(0, end)}…`).width > width) end--;
  return `${shown.slice(0, end)}…`;
}
