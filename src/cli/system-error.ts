/** The code that the system gave to an error, like `ENOENT`; empty for an error of another origin. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

export function saidBy(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
