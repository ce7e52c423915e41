/** A finding about input that someone gave us. All findings of one input are reported at once. */
export interface GraphDiagnostic {
  /** Stable, kebab-case: `dependency-cycle`. */
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly message: string;
  /** A JSON pointer (RFC 6901) into what was given; `""` is the whole of it. */
  readonly pointer: string;
  /** What to do about it, as a sentence. */
  readonly repair: string;
}

/** Builds a JSON pointer from its parts, escaped as RFC 6901 demands. */
export function pointerFrom(...parts: readonly (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
