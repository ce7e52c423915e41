import type { Style } from "./terminal.ts";
import type { RunStatus, StepStatus } from "../index.ts";

/** How a status shows: by a symbol and by a colour, so that it can be read without colours. */
interface Look {
  readonly symbol: string;
  readonly word: string;
  readonly colour: keyof Style;
}

const looks: Readonly<Record<StepStatus | RunStatus, Look>> = {
  pending: { symbol: "○", word: "pending", colour: "dim" },
  running: { symbol: "▶", word: "running", colour: "blue" },
  canceling: { symbol: "◌", word: "canceling", colour: "yellow" },
  succeeded: { symbol: "✔", word: "succeeded", colour: "green" },
  mixed: { symbol: "◐", word: "mixed", colour: "yellow" },
  failed: { symbol: "✖", word: "failed", colour: "red" },
  blocked: { symbol: "⊘", word: "blocked", colour: "yellow" },
  timedOut: { symbol: "⧖", word: "timed out", colour: "red" },
  canceled: { symbol: "■", word: "canceled", colour: "yellow" },
  expired: { symbol: "⧖", word: "expired", colour: "red" },
};

export function symbolOf(status: StepStatus | RunStatus, style: Style): string {
  const { symbol, colour } = looks[status];
  return style[colour](symbol);
}

export function wordOf(status: StepStatus | RunStatus, style: Style): string {
  const { word, colour } = looks[status];
  return style[colour](word);
}

/** The order in which people want to know of them. */
const ranked = ["failed", "timedOut", "blocked", "canceled", "running", "succeeded", "pending"] as const;

/** `1 failed, 2 running, 5 succeeded`: only what there is. */
export function countsText(counts: Readonly<Record<StepStatus, number>>, style: Style): string {
  const parts = ranked
    .filter((status) => counts[status] > 0)
    .map((status) => `${counts[status]} ${wordOf(status, style)}`);
  return parts.join(", ");
}
