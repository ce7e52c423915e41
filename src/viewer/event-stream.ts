import type { ServerResponse } from "node:http";
import { limits, type Clock, type Timer } from "../index.ts";
import { streamHeaders } from "./response-headers.ts";

/**
 * Server-sent events to one browser. Holds one message at a time: whoever sends waits until the connection takes more, so a slow
 * reader costs a place in the journal and never a queue.
 */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #clock: Clock;
  readonly #over = new AbortController();
  #heartbeat: Timer | undefined;
  #isStalled = false;

  /** Answers at once, so that the browser knows that it is connected. */
  constructor(response: ServerResponse, clock: Clock) {
    this.#response = response;
    this.#clock = clock;
    response.once("close", () => this.#end());
    response.writeHead(200, streamHeaders);
    response.write(`retry: ${limits.viewerRetryMs}\n\n`);
    this.#beat();
  }

  /** Aborts when nobody reads any more, or {@link end} was called. */
  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /**
   * Resolves when more may be sent, and when nobody reads any more. `json` has no line breaks, as `JSON.stringify` writes it;
   * browsers send the newest `id` again when they come back.
   */
  async send(event: string, json: string, id?: string): Promise<void> {
    if (this.signal.aborted) return;
    const head = id === undefined ? "" : `id: ${id}\n`;
    if (!this.#response.write(`${head}event: ${event}\ndata: ${json}\n\n`)) await this.#drained();
    this.#beat();
    // A reader of a long journal must leave time for all others.
    await this.#clock.turn?.();
  }

  end(): void {
    if (!this.signal.aborted) this.#response.end();
    this.#end();
  }

  #drained(): Promise<void> {
    this.#isStalled = true;
    return new Promise((resolve) => {
      const finish = (): void => {
        this.#isStalled = false;
        this.#response.off("drain", finish);
        this.signal.removeEventListener("abort", finish);
        resolve();
      };
      this.#response.on("drain", finish);
      this.signal.addEventListener("abort", finish, { once: true });
      if (this.signal.aborted) finish();
    });
  }

  /** A comment after each silence. Where the last message still waits for its reader, nothing is put behind it. */
  #beat(): void {
    this.#heartbeat?.cancel();
    if (this.signal.aborted) return;
    const at = this.#clock.now() + limits.viewerHeartbeatMs;
    const tell = (): void => {
      if (!this.#isStalled && !this.signal.aborted) this.#response.write(": here\n\n");
      this.#beat();
    };
    this.#heartbeat = this.#clock.setTimer(at, tell, { isBackground: true });
  }

  #end(): void {
    this.#heartbeat?.cancel();
    this.#over.abort();
  }
}
