/** A finding about a call or a run, with the predecessor's fields. */
export interface TeamDiagnostic {
  readonly code: string;
  readonly message: string;
  /** A JSON pointer into the input; `/` where it is about no field of it. */
  readonly path: string;
  readonly severity: "info" | "warning" | "error";
  readonly action?: string;
  /** The fields that it is about. */
  readonly fields?: readonly string[];
  readonly repair?: string;
}

type Rest = Partial<Omit<TeamDiagnostic, "code" | "message" | "severity">>;

export function error(code: string, message: string, rest: Rest = {}): TeamDiagnostic {
  return { code, message, path: "/", severity: "error", ...rest };
}

export function warning(code: string, message: string, rest: Rest = {}): TeamDiagnostic {
  return { code, message, path: "/", severity: "warning", ...rest };
}

export function firstError(diagnostics: readonly TeamDiagnostic[]): TeamDiagnostic | undefined {
  return diagnostics.find(({ severity }) => severity === "error");
}
