import type { GraphDocument } from "../../src/domain/graph-document.ts";
import type { OracleStatus } from "./oracle.ts";

/** A notice, with its reasons in the order of the alphabet. */
export interface ToldNotice {
  readonly notice: number;
  readonly isTerminal: boolean;
  readonly reasons: readonly string[];
  readonly omitted: number;
}

const words: Readonly<Record<string, string>> = { timedOut: "timed_out" };

/** The rules of notices, written down a second time: by comparing all steps before an input with all steps after it. */
export class NoticeOracle {
  readonly told: ToldNotice[] = [];
  readonly #graph: GraphDocument;
  readonly #mode: string;
  readonly #most: number;
  readonly #intervalMs: number;
  #before = new Map<string, OracleStatus>();
  #untold: string[] = [];
  #omitted = 0;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(graph: GraphDocument) {
    this.#graph = graph;
    this.#mode = graph.notify?.mode ?? "milestones";
    this.#most = graph.notify?.maxNotices ?? 12;
    this.#intervalMs = (graph.notify?.minIntervalSeconds ?? 10) * 1_000;
  }

  /** Whether a timer for a notice is accepted; if it is, what waits is told. */
  isDue(notice: number, isRunning: boolean, at: number): boolean {
    if (!isRunning || this.#untold.length === 0 || notice !== this.told.length + 1) return false;
    this.#tell(at);
    return true;
  }

  diagnostic(code: string, severity: string, isRunning: boolean): void {
    if (isRunning && severity !== "info") this.#reason(`diagnostic:${code}`);
  }

  /** An input has been taken: these are the steps now, and this is how the run has ended, if it has. */
  settle(statuses: ReadonlyMap<string, OracleStatus>, isRunning: boolean, end: string | undefined, at: number): void {
    if (isRunning) {
      for (const [step, status] of statuses) {
        if (status === this.#before.get(step) || status === "pending" || status === "running") continue;
        const word = words[status] ?? status;
        const isNamed = this.#graph.steps.some(({ needs, after }) => needs?.includes(step) || after?.includes(step));
        if (!isNamed) this.#reason(`sink ${step} ${word}`);
        if (status !== "succeeded") this.#reason(`step ${step} ${word}`);
      }
    }
    this.#before = new Map(statuses);
    if (end !== undefined) this.#tellEnd(statuses, end);
    else if (isRunning && this.#untold.length > 0 && at - this.#lastAt >= this.#intervalMs) this.#tell(at);
  }

  #reason(reason: string): void {
    if (this.#mode !== "milestones" || this.#untold.includes(reason)) return;
    if (this.told.length >= this.#most || this.#untold.length >= 100) this.#omitted++;
    else this.#untold.push(reason);
  }

  #tell(at: number): void {
    this.#put(false, this.#untold, this.#omitted);
    this.#lastAt = at;
  }

  #tellEnd(statuses: ReadonlyMap<string, OracleStatus>, end: string): void {
    if (this.#mode === "none") return;
    const missed = [...statuses].filter(([, status]) => ["failed", "blocked", "timedOut"].includes(status));
    const misses = missed.map(([step, status]) => `step ${step} ${words[status] ?? status}`);
    const all = [...new Set([`terminal:${end}`, ...misses, ...this.#untold])];
    this.#put(true, all.slice(0, 100), this.#omitted + all.slice(100).length);
  }

  #put(isTerminal: boolean, reasons: readonly string[], omitted: number): void {
    this.told.push({ notice: this.told.length + 1, isTerminal, reasons: reasons.toSorted(), omitted });
    this.#untold = [];
    this.#omitted = 0;
  }
}
