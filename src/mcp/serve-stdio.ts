import process from "node:process";
import { ProtocolErrorCode } from "@modelcontextprotocol/server";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { limits } from "../index.ts";
import type { McpHost } from "./host.ts";
import { MessageLines, type TooLong } from "./message-lines.ts";
import { createMcpServer } from "./server.ts";

const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/**
 * Serves the client at this process's stdin and stdout until it leaves, stdout is closed, or a signal comes. Nothing but the protocol
 * is written to stdout; what goes wrong is told to `onError`. A message of more than 10 MiB is refused, and the client served on. Does
 * not close the host.
 */
export async function serveMcp(host: McpHost, onError: (error: Error) => void = () => undefined): Promise<void> {
  const stopListening: (() => void)[] = [];
  const transport = new ProcessTransport(onError);
  const ended = new Promise<void>((resolve) => {
    transport.onEnd = resolve;
    for (const signal of signals) {
      process.on(signal, resolve);
      stopListening.push(() => process.off(signal, resolve));
    }
  });
  const handle = serveStdio(() => createMcpServer(host), { transport, onerror: onError });
  try {
    await ended;
  } finally {
    await handle.close();
    for (const stop of stopListening) stop();
  }
}

/** Stdin and stdout. Says when the connection has ended, which the SDK's entry tells nobody. */
class ProcessTransport extends StdioServerTransport {
  onEnd: () => void = () => undefined;
  readonly #lines: MessageLines;
  readonly #tell: (error: Error) => void;

  constructor(tell: (error: Error) => void) {
    const bytesMax = limits.mcpInputBytesMax;
    const lines = new MessageLines(bytesMax, (line) => this.#refuse(line));
    // What comes to it is a line at a time, each with its end.
    super(lines, process.stdout, { maxBufferSize: bytesMax + 1 });
    this.#lines = lines;
    this.#tell = tell;
  }

  override async start(): Promise<void> {
    await super.start();
    process.stdin.on("error", this.#fail).pipe(this.#lines);
  }

  override async close(): Promise<void> {
    // Nothing is read any more, so that stdin does not keep the process.
    process.stdin.off("error", this.#fail).unpipe(this.#lines).pause();
    await super.close();
    this.onEnd();
  }

  readonly #fail = (error: Error): void => void this.#lines.destroy(error);

  #refuse({ bytes, request }: TooLong): void {
    const message = `The message has ${bytes} bytes, and may have ${limits.mcpInputBytesMax}. A large graph is given as graphFile.`;
    this.#tell(new Error(message));
    if (request === undefined) return;
    const error = { code: ProtocolErrorCode.InvalidRequest, message };
    this.send({ jsonrpc: "2.0", id: request, error }).catch(this.#tell);
  }
}
