import process from "node:process";
import { exitCodes } from "./exit-codes.ts";

/** How urgently a run is to end. */
export type Urgency = "graceful" | "force";

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * Turns the signals of this process into requests to end the run. Ctrl-C once is a cancel, twice is one by force, and a third
 * time leaves the run as it is. SIGTERM and SIGHUP count as the first Ctrl-C, however often they come: what sends them often
 * sends several.
 */
export class Interrupt {
  #urgency: Urgency | undefined;
  #pressed = 0;
  #end: ((urgency: Urgency) => void) | undefined;
  readonly #handlers = new Map(signals.map((signal) => [signal, () => this.#take(signal)]));

  /** From now on no signal ends this process by itself. */
  listen(): void {
    for (const [signal, handler] of this.#handlers) process.on(signal, handler);
  }

  /** Whether an end was asked for. */
  get isAsked(): boolean {
    return this.#urgency !== undefined;
  }

  /** Names what can be ended. What was asked before is asked of it now. */
  attach(end: (urgency: Urgency) => void): void {
    this.#end = end;
    if (this.#urgency !== undefined) end(this.#urgency);
  }

  close(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }

  #take(signal: (typeof signals)[number]): void {
    if (signal === "SIGINT") this.#pressed++;
    // Nothing has been started that could be ended.
    if (this.#end === undefined && this.#pressed > 1) process.exit(exitCodes.canceled);
    // It does not end: its journal will show a run whose process is gone.
    if (this.#pressed > 2) process.exit(exitCodes.failed);
    const next = signal === "SIGINT" && this.#urgency !== undefined ? "force" : (this.#urgency ?? "graceful");
    if (next === this.#urgency) return;
    this.#urgency = next;
    this.#end?.(next);
  }
}
