import type { Severity } from "../domain/events.ts";
import { limits } from "../domain/limits.ts";
import { boundedMessage } from "./error-text.ts";

type Tell = (code: string, severity: Severity, message: string) => void;

/**
 * What one attempt says of itself, each thing once. A journal keeps so many diagnostics of a run, and a program that says another thing
 * in every turn of a loop must leave room for those of other steps: beyond `limits.diagnosticsPerAttemptMax` one last tells that there
 * is more.
 */
export class AttemptDiagnostics {
  readonly #told = new Set<string>();

  tell(code: string, severity: Severity, message: string, attempt: string, tell: Tell): void {
    const text = boundedMessage(message);
    const key = `${code}\n${text}`;
    const max = limits.diagnosticsPerAttemptMax;
    if (this.#told.has(key) || this.#told.size > max) return;
    this.#told.add(key);
    if (this.#told.size <= max) tell(code, severity, text);
    else {
      const last = `${attempt} has told ${max} different things; what else it tells is not kept.`;
      tell("diagnostics-limited", "warning", last);
    }
  }
}
