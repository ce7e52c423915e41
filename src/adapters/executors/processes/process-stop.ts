import type { EpochMs } from "../../../domain/ids.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { StopRequest, StopSignal } from "../../../ports/executor.ts";

/** All requests to stop one attempt, from its signal and from the closing executor, as one that only gets more urgent. */
export class ProcessStop {
  /** The newest request; undefined while the work may go on. */
  request: StopRequest | undefined;
  /** When waiting for the process to end by itself is over. */
  killAt: EpochMs = Number.POSITIVE_INFINITY;
  private readonly clock: Clock;
  private readonly listeners = new Set<() => void>();

  constructor(clock: Clock, signal: StopSignal) {
    this.clock = clock;
    signal.onRequest((request) => this.make(request));
  }

  /** Calls back at every request, at once if one has come. Gives what ends that. */
  onRequest(listener: () => void): () => void {
    this.listeners.add(listener);
    if (this.request !== undefined) listener();
    return () => void this.listeners.delete(listener);
  }

  make(request: StopRequest): void {
    // Why it was first told to stop is why it ends.
    this.request = { ...request, cause: this.request?.cause ?? request.cause };
    this.killAt = Math.min(this.killAt, this.clock.now() + (request.force ? 0 : request.graceMs));
    for (const listener of this.listeners) listener();
  }
}
