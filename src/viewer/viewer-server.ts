import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { limits, RunfoldError } from "../index.ts";
import { admit } from "./admission.ts";
import { isForOperator } from "./error-answer.ts";
import { refuse, respond } from "./respond.ts";
import { dataHeaders } from "./response-headers.ts";
import { Routes } from "./routes.ts";
import { RunsFeed } from "./runs-feed.ts";
import type { ViewerParts } from "./viewer-parts.ts";

const host = "127.0.0.1";

/** How much a viewer holds open; all are 0 once it is closed. */
export interface ViewerLoad {
  readonly streams: number;
  readonly requests: number;
  readonly isListIdle: boolean;
}

/** The server on this machine's own address, which nobody else can reach. */
export class ViewerServer {
  readonly #parts: ViewerParts;
  readonly #feed: RunsFeed;
  readonly #routes: Routes;
  readonly #server: Server;
  readonly #requests = new Map<Promise<void>, AbortController>();
  #closed: Promise<void> | undefined;

  constructor(parts: ViewerParts) {
    this.#parts = parts;
    this.#feed = new RunsFeed(parts.runtime, parts.clock, parts.isReadOnly);
    this.#routes = new Routes(parts, this.#feed);
    const timing = {
      headersTimeout: limits.viewerHeadersMs,
      // The body has a limit of its own.
      requestTimeout: limits.viewerHeadersMs + 2 * limits.viewerBodyMs,
      connectionsCheckingInterval: limits.viewerHeadersMs / 4,
    };
    this.#server = createServer(timing, (request, response) => this.#take(request, response));
    this.#server.maxConnections = limits.viewerConnectionsMax;
  }

  get load(): ViewerLoad {
    return { streams: this.#routes.streams, requests: this.#requests.size, isListIdle: this.#feed.isIdle };
  }

  /** Resolves with the port. @throws `viewer.unavailable` */
  listen(port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const fail = (cause: Error): void => {
        const what = port === 0 ? "No port" : `Port ${port}`;
        const can = port === 0 ? "can" : "cannot";
        const message = `${what} of ${host} ${can} be listened on. Choose another one, or none to have one chosen.`;
        reject(new RunfoldError("viewer.unavailable", message, { details: { port }, cause }));
      };
      this.#server.once("error", fail).listen(port, host, () => {
        this.#server.off("error", fail).on("error", this.#parts.onProblem);
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const gone of this.#requests.values()) gone.abort();
    this.#routes.endStreams();
    await Promise.allSettled(this.#requests.keys());
    this.#server.closeAllConnections();
    await closed;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const gone = new AbortController();
    response.once("close", () => gone.abort());
    const answering = this.#answer(request, response, gone.signal).finally(() => this.#requests.delete(answering));
    this.#requests.set(answering, gone);
  }

  /** Never rejects: whatever goes wrong becomes an answer. */
  async #answer(request: IncomingMessage, response: ServerResponse, signal: AbortSignal): Promise<void> {
    try {
      const { method = "", url = "", headers } = request;
      const admitted = admit({ method, url, headers }, this.#parts.token);
      if (admitted.isWithoutSlash) {
        return respond(response, 308, { ...dataHeaders, location: `/${this.#parts.token}/` }, "");
      }
      await unlessGone(this.#routes.answer({ ...admitted, request, response, signal }), signal);
    } catch (error) {
      if (signal.aborted) return void response.destroy();
      if (isForOperator(error)) this.#parts.onProblem(error);
      refuse(request, response, error);
    }
  }
}

/** Whoever has gone, or is sent away because the viewer closes, waits for no answer. What was ordered stays ordered. */
function unlessGone(answering: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", leave, { once: true });
    answering.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
