import type { Attempt } from "../../../ports/executor.ts";
import { limits } from "../../../domain/limits.ts";

/** What is wrong with a line that should have been a record. One that is `garbled` counts as a record all the same. */
export type StrayKind = "blank" | "text" | "value" | "unfinished" | "garbled";

const words: Readonly<Record<StrayKind, string>> = {
  blank: "blank lines",
  text: "lines that are no JSON",
  value: "lines of JSON that are no object",
  unfinished: "unfinished last lines",
  garbled: "records with bytes that are no UTF-8, which were replaced",
};

/** Counts the lines of a child that are no records, and tells each kind of them once, with how many there were. */
export class StrayLines {
  private readonly found = new Map<StrayKind, { count: number; readonly first: string }>();
  private total = 0;

  /** False when there are too many. */
  add(kind: StrayKind, line: string): boolean {
    const known = this.found.get(kind);
    if (known === undefined) this.found.set(kind, { count: 1, first: shown(line) });
    else known.count++;
    if (kind !== "garbled") this.total++;
    return this.total <= limits.strayLinesMax;
  }

  tell(diagnostic: Attempt["diagnostic"]): void {
    for (const [kind, { count, first }] of this.found) {
      const example = kind === "blank" ? "" : ` The first: ${first}`;
      const severity = kind === "blank" ? "info" : "warning";
      diagnostic("agent-stray-lines", severity, `The agent's stdout had ${words[kind]}: ${count}.${example}`);
    }
    this.found.clear();
  }
}

/** The beginning of a line, on one line whatever it contains. */
function shown(line: string): string {
  const { strayTextCharsMax } = limits;
  if (line.length <= strayTextCharsMax) return JSON.stringify(line);
  return `${JSON.stringify(line.slice(0, strayTextCharsMax))}… (${line.length} characters)`;
}
