import type { GraphDiagnostic } from "./diagnostic.ts";
import { limits } from "./limits.ts";

/**
 * Gathers findings up to `limits.diagnosticsMax` and counts the rest.
 *
 * Input can hold a million mistakes. A finding is given as a function, so that one that is only counted costs nothing.
 */
export class DiagnosticList {
  readonly #kept: GraphDiagnostic[] = [];
  #count = 0;

  add(make: () => GraphDiagnostic): void {
    this.#count += 1;
    if (this.#kept.length < limits.diagnosticsMax) this.#kept.push(make());
  }

  /** How many findings there are, the merely counted ones included. */
  get count(): number {
    return this.#count;
  }

  /** At most `limits.diagnosticsMax` findings; where there are more, the last one says how many are not shown. */
  toArray(): GraphDiagnostic[] {
    if (this.#count <= limits.diagnosticsMax) return [...this.#kept];
    const shown = this.#kept.slice(0, limits.diagnosticsMax - 1);
    const hidden = this.#count - shown.length;
    shown.push({
      code: "diagnostics-limited",
      severity: this.#kept.some(({ severity }) => severity === "error") ? "error" : "warning",
      message: `${hidden} more findings are not shown.`,
      pointer: "",
      repair: "Repair the findings above, then check the graph again to see the others.",
    });
    return shown;
  }
}
