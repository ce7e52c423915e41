import { limits } from "../../../domain/limits.ts";
import type { Attempt } from "../../../ports/executor.ts";
import { keptText } from "./kept-text.ts";

const toldMax = 100;

/** Diagnostics of one conversation, each told once: what an agent does, it may do a thousand times. */
export class RareDiagnostics {
  readonly #attempt: Pick<Attempt, "diagnostic">;
  readonly #told = new Set<string>();

  constructor(attempt: Pick<Attempt, "diagnostic">) {
    this.#attempt = attempt;
  }

  tell(code: string, severity: "info" | "warning" | "error", message: string): void {
    const text = keptText(message, limits.failureMessageCharsMax);
    const key = `${code} ${text}`;
    if (this.#told.has(key) || this.#told.size > toldMax) return;
    this.#told.add(key);
    if (this.#told.size <= toldMax) this.#attempt.diagnostic(code, severity, text);
    else this.#attempt.diagnostic("acp-diagnostics", "warning", "Further diagnostics of this agent are left out.");
  }
}
