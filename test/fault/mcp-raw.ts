import { afterEach } from "vitest";
import { jsonLines, type Ended, type RunningCommand, type StartOptions, type Workplace } from "./cli-process.ts";

export interface Message {
  readonly jsonrpc?: string;
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

/** What the newer era says with each request. */
export const envelope = (capabilities: object = {}): object => ({
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "raw", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": capabilities,
});

/** A client that may say anything, also what the official one would not. It ends with its test. */
export class RawClient {
  readonly heard: Message[] = [];
  readonly server: RunningCommand;
  #count = 0;
  #rest = "";
  readonly #waiting = new Set<() => void>();

  constructor(place: Workplace, args: readonly string[] = [], options: StartOptions = {}) {
    this.server = place.start(["mcp", ...args], { ...options, holdsInput: true });
    this.server.child.stdout.on("data", (text: string) => this.#hear(text));
  }

  say(message: object | string): void {
    this.server.child.stdin.write(typeof message === "string" ? message : `${JSON.stringify(message)}\n`);
  }

  ask(method: string, params: object = {}, id: string | number = `q${++this.#count}`): Promise<Message> {
    this.say({ jsonrpc: "2.0", id, method, params });
    return this.until((message) => message.id === id && message.method === undefined);
  }

  /** The older era's opening. */
  async open(capabilities: object = {}): Promise<void> {
    const clientInfo = { name: "raw", version: "1" };
    await this.ask("initialize", { protocolVersion: "2025-11-25", capabilities, clientInfo });
    this.say({ jsonrpc: "2.0", method: "notifications/initialized" });
  }

  /** What a tool gives, as structured content. */
  async call(name: string, given: object, rest: object = {}): Promise<Record<string, never>> {
    const { result, error } = await this.ask("tools/call", { name, arguments: given, ...rest });
    if (result === undefined) throw new Error(`${name} was answered with an error: ${JSON.stringify(error)}`);
    return (result["structuredContent"] ?? result) as Record<string, never>;
  }

  /** The first message of those from `from` on that is looked for. */
  until(isIt: (message: Message) => boolean, from = 0): Promise<Message> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = this.heard.slice(from).find(isIt);
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
      this.server.ended.then(({ stderr }) => reject(new Error(`It ended without an answer: ${stderr}`)), reject);
    });
  }

  /** Leaves, and gives how the server ended. @throws Error where it wrote to stdout what is no message. */
  async leave(): Promise<Ended> {
    this.server.child.stdin.end();
    const ended = await this.server.ended;
    for (const { jsonrpc } of jsonLines(ended.stdout)) if (jsonrpc !== "2.0") throw new Error("That is no message.");
    return ended;
  }

  #hear(text: string): void {
    const lines = `${this.#rest}${text}`.split("\n");
    this.#rest = lines.pop() ?? "";
    this.heard.push(...lines.map((line) => JSON.parse(line) as Message));
    for (const look of this.#waiting) look();
  }
}

/** Clients that leave with their test. To be called after the places that they work in. */
export function rawClients(): (place: Workplace, args?: readonly string[], options?: StartOptions) => RawClient {
  const open: RawClient[] = [];
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.leave()));
  });
  return (place, args, options) => {
    const client = new RawClient(place, args, options);
    open.push(client);
    return client;
  };
}
