/** How a process ended, as the rest of a sentence about it. */
export function exitText({ code, signal }: { readonly code: number | null; readonly signal: string | null }): string {
  if (signal !== null) return `was ended by ${signal}`;
  return code === null ? "ended in an unknown way" : `exited with code ${code}`;
}
