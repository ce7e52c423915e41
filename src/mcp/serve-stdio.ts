import process from "node:process";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { limits } from "../index.ts";
import type { McpHost } from "./host.ts";
import { createMcpServer } from "./server.ts";

const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/**
 * Serves the client at this process's stdin and stdout until it leaves, stdout is closed, or a signal comes. Nothing but the protocol
 * is written to stdout; what goes wrong is told to `onError`. Does not close the host.
 */
export async function serveMcp(host: McpHost, onError: (error: Error) => void = () => undefined): Promise<void> {
  const stopListening: (() => void)[] = [];
  const transport = new EndingTransport();
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

/** Says when the connection has ended, which the SDK's entry tells nobody. */
class EndingTransport extends StdioServerTransport {
  onEnd: () => void = () => undefined;

  constructor() {
    super(process.stdin, process.stdout, { maxBufferSize: limits.mcpInputBytesMax });
  }

  override async close(): Promise<void> {
    await super.close();
    this.onEnd();
  }
}
