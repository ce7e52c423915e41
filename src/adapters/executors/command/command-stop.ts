import type { EpochMs } from "../../../domain/ids.ts";
import type { Clock } from "../../../ports/clock.ts";
import type { StopRequest, StopSignal } from "../../../ports/executor.ts";

/** All requests to stop one command, from its attempt and from the closing executor, as one that only gets more urgent. */
export class CommandStop {
  /** The newest request; undefined while the command may run. */
  request: StopRequest | undefined;
  /** When waiting for the command to end by itself is over. */
  killAt: EpochMs = Number.POSITIVE_INFINITY;
  /** Called at every request. */
  changed: () => void = () => undefined;
  private readonly clock: Clock;

  constructor(clock: Clock, signal: StopSignal) {
    this.clock = clock;
    signal.onRequest((request) => this.make(request));
  }

  make(request: StopRequest): void {
    // Why it was first told to stop is why it ends.
    this.request = { ...request, cause: this.request?.cause ?? request.cause };
    this.killAt = Math.min(this.killAt, this.clock.now() + (request.force ? 0 : request.graceMs));
    this.changed();
  }
}
