import type { ProcessExit } from "./spawn-guarded.ts";

/**
 * Why the gate could not become the program, in its shell's words; undefined where the program ran. The gate's name is random, so no
 * program says this by chance. `stderr` is what was written there, from its beginning.
 */
export function gateProblem(gateName: string, exit: ProcessExit | undefined, stderr: string): string | undefined {
  if ((exit?.code !== 126 && exit?.code !== 127) || !stderr.startsWith(`${gateName}: `)) return undefined;
  return stderr
    .trim()
    .split(": ")
    .slice(2)
    .filter((word) => word !== "exec")
    .join(": ");
}
