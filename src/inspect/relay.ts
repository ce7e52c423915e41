import { randomBytes, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import type { WebSocket } from "ws";
import { systemClock } from "../adapters/clocks/system-clock.ts";
import { limits } from "../domain/limits.ts";
import type { Run } from "../index.ts";
import { Inspection } from "../projections/inspection/inspection.ts";
import { refuseUnknownSteps } from "./known-steps.ts";
import { checkSpeed, Pace } from "./pace.ts";
import { pageOf, policyOf } from "./page.ts";
import { checkPort, pageAddress } from "./relay-options.ts";
import type { InspectorRelay, RelayOptions } from "./relay-options.ts";
import { translate } from "./translate.ts";

/**
 * Opens a relay for one run. Nothing is kept for those who come late: each client is told the run from its first event, as its journal
 * has it, and then what happens. It listens on 127.0.0.1 alone, and answers only those who know its secret path, by its own name, and
 * not from the page of anybody else.
 * @throws `inspect.invalid`, `step.unknown`; the system's error where the port is taken.
 */
export async function openRelay(run: Run, options: RelayOptions = {}): Promise<InspectorRelay> {
  const relay = new Relay(run, options);
  await relay.listen(options.port ?? 0);
  return relay;
}

class Relay implements InspectorRelay {
  readonly #run: Run;
  readonly #options: RelayOptions;
  readonly #ui: URL;
  readonly #secret = randomBytes(16).toString("hex");
  readonly #closing = new AbortController();
  readonly #server = createServer((request, answer) => this.#answer(request, answer));
  // A client has nothing to say, so nothing long is taken from it.
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: 1_024, perMessageDeflate: false });
  #closed: Promise<void> | undefined;
  #host = "";

  constructor(run: Run, options: RelayOptions) {
    this.#run = run;
    this.#options = options;
    this.#ui = pageAddress(options.ui);
    checkSpeed(options.speed);
    // What is wrong with the choice is told now, not to the first client.
    void new Inspection(options, run.id);
    refuseUnknownSteps(run, options.pick);
    this.#server.requestTimeout = limits.inspectRequestMs;
    this.#server.on("upgrade", (request, socket, head) => this.#upgrade(request, socket, head));
  }

  get pageUrl(): string {
    return `http://${this.#host}/${this.#secret}/`;
  }

  get webSocketUrl(): string {
    return `ws://${this.#host}/${this.#secret}`;
  }

  async listen(port: number): Promise<void> {
    checkPort(port);
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, "127.0.0.1", resolve);
    });
    this.#host = `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    for (const client of this.#sockets.clients) client.terminate();
    this.#sockets.close();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  #answer(request: IncomingMessage, answer: ServerResponse): void {
    // The name is checked so that no other name leads here, whatever it resolves to.
    if (request.headers.host !== this.#host) return void answer.writeHead(403).end();
    if (request.method !== "GET" || !this.#isSecret(request.url, "/")) return void answer.writeHead(404).end();
    const nonce = randomBytes(16).toString("base64");
    const facts = { ui: this.#ui, webSocketUrl: this.webSocketUrl, nonce };
    answer.writeHead(200, {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": policyOf(facts),
      "Cache-Control": "no-store",
      // The address is the secret: the page in the frame must not learn it.
      "Referrer-Policy": "no-referrer",
      "X-Content-Type-Options": "nosniff",
    });
    answer.end(pageOf(facts));
  }

  /** Browsers let any page of the web connect to any address, and tell from where; programs tell nothing. */
  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { host, origin } = request.headers;
    const isOwn = host === this.#host && (origin === undefined || origin === `http://${this.#host}`);
    if (!isOwn || !this.#isSecret(request.url, "")) return refuse(socket, "403 Forbidden");
    if (this.#sockets.clients.size >= limits.inspectClientsMax) return refuse(socket, "503 Service Unavailable");
    this.#sockets.handleUpgrade(request, socket, head, (client) => void this.#serve(client));
  }

  #isSecret(path: string | undefined, rest: string): boolean {
    const given = Buffer.from(path ?? "");
    const expected = Buffer.from(`/${this.#secret}${rest}`);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  async #serve(client: WebSocket): Promise<void> {
    const gone = new AbortController();
    client.on("close", () => gone.abort());
    // An error is always followed by the close.
    client.on("error", () => undefined);
    const signal = AbortSignal.any([gone.signal, this.#closing.signal]);
    const { clock = systemClock(), speed, change } = this.#options;
    try {
      await translate({
        pages: this.#run.commits(signal),
        inspection: new Inspection(this.#options, this.#run.id),
        pace: new Pace(clock, speed, signal),
        clock,
        signal,
        send(message) {
          const sent = change === undefined ? message : change(message);
          return sent === undefined ? undefined : sendTo(client, JSON.stringify(sent));
        },
      });
    } catch (error) {
      if (signal.aborted) return;
      this.#options.onProblem?.(error);
      client.close(1_011, "The rest of the run cannot be read.");
    }
  }
}

/** Sends, and gives what to wait for where the client is slow: nothing is kept for it but what is on its way. */
function sendTo(client: WebSocket, text: string): Promise<void> | undefined {
  if (client.bufferedAmount < limits.inspectBufferedBytesMax) {
    client.send(text);
    return undefined;
  }
  // A client that goes meanwhile is told of by its close.
  return new Promise((resolve) => client.send(text, () => resolve()));
}

function refuse(socket: Duplex, status: string): void {
  socket.on("error", () => undefined);
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
