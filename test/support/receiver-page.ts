import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { build } from "vite";
import { repository } from "./built-command.ts";

/** What Stately's own page begins with: the published package's receiver, here with a list of what it received. */
const program = `
import { createBrowserReceiver } from "@statelyai/inspect";
window.received = [];
createBrowserReceiver().subscribe((message) => window.received.push(message));
`;

/** Serves a page that receives as the published package does; its address. It is another origin than the relay's, as Stately's is. */
export async function serveReceiver(): Promise<string> {
  const script = await bundled(program);
  const server = createServer((request, answer) => {
    const isScript = request.url === "/receiver.js";
    answer.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    answer.end(
      isScript ? script : '<!doctype html><title>receiver</title><script type="module" src="/receiver.js"></script>',
    );
  });
  onTestFinished(() => server.close().closeAllConnections());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

/** Inside the repository, because the program imports packages by their names. */
async function bundled(text: string): Promise<string> {
  await mkdir(join(repository, "build"), { recursive: true });
  const directory = await mkdtemp(join(repository, "build", "receiver-"));
  try {
    const entry = join(directory, "receiver.js");
    await writeFile(entry, text);
    const options = { write: false, minify: false, lib: { entry, formats: ["es" as const], fileName: "receiver" } };
    const built = await build({ root: directory, configFile: false, logLevel: "error", build: options });
    const [output] = Array.isArray(built) ? built : [built];
    const chunk = output !== undefined && "output" in output ? output.output[0] : undefined;
    if (chunk === undefined) throw new Error("The receiver was not built.");
    return chunk.code;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
