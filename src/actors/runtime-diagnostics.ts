import type { RunId } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import { textOf } from "./error-text.ts";

/** Something that went wrong around runs and changed none of them: an observer that threw, a cleanup that must be tried again. */
export interface RuntimeDiagnostic {
  readonly code: string;
  readonly message: string;
  readonly run: RunId | undefined;
  readonly cause: unknown;
}

/**
 * Passes each distinct diagnostic on once. A callback that throws is the one thing that has nobody left to tell, so it is
 * ignored.
 */
export class RuntimeDiagnostics {
  readonly #seen = new Set<string>();
  readonly #tell: ((diagnostic: RuntimeDiagnostic) => void) | undefined;

  constructor(tell: ((diagnostic: RuntimeDiagnostic) => void) | undefined) {
    this.#tell = tell;
  }

  report(code: string, run: RunId | undefined, cause: unknown): string {
    const message = textOf(cause);
    const key = `${code}\n${run ?? ""}\n${message}`;
    if (this.#seen.has(key)) return message;
    // The oldest is forgotten, so that a process that lives for years does not remember every error it ever had.
    if (this.#seen.size >= limits.diagnosticsPerRunMax * 10) this.#seen.delete(this.#seen.values().next().value!);
    this.#seen.add(key);
    try {
      this.#tell?.({ code, message, run, cause });
    } catch {
      // See above.
    }
    return message;
  }
}
