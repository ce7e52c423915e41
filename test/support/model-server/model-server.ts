import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { chatCompletions } from "./dialect.ts";
import type { Asked } from "./dialect.ts";
import { gemini } from "./gemini.ts";
import { scriptNameOf } from "./model-request.ts";
import type { ModelRequest } from "./model-request.ts";
import { refuses } from "./reply.ts";
import type { Reply } from "./reply.ts";
import type { Script } from "./script.ts";
import { sendJson, sendReply } from "./send-reply.ts";

const dialects = [chatCompletions, gemini];

/**
 * A server on this machine that speaks as OpenAI's chat completions do, or as Gemini does, and says what scripts tell it. It has no timers: what is to
 * take a while takes until the test opens a gate.
 */
export class ModelServer {
  /** Every request for a completion, in the order in which they came. */
  readonly requests: ModelRequest[] = [];
  /** What was asked for that no script answers; a test expects none. */
  readonly mistakes: string[] = [];
  readonly #server: Server;
  readonly #scripts: Map<string, Script>;
  readonly #waiting = new Set<() => void>();

  private constructor(scripts: Readonly<Record<string, Script>>) {
    this.#scripts = new Map(Object.entries(scripts));
    // Kept connections would only keep the server from closing.
    this.#server = createServer({ keepAliveTimeout: 1 }, (request, response) => {
      this.#answer(request, response).catch((error: unknown) => {
        this.mistakes.push(String(error));
        response.destroy();
      });
    });
  }

  static async open(scripts: Readonly<Record<string, Script>> = {}): Promise<ModelServer> {
    const server = new ModelServer(scripts);
    await new Promise<void>((resolve, reject) => {
      server.#server.once("error", reject).listen(0, "127.0.0.1", resolve);
    });
    return server;
  }

  /** What clients call its base URL; those of Gemini call the `origin` so. */
  get url(): string {
    return `${this.origin}/v1`;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Adds a script, or puts it in place of one of that name. */
  script(name: string, script: Script): void {
    this.#scripts.set(name, script);
  }

  requestsOf(script: string): ModelRequest[] {
    return this.requests.filter((request) => request.script === script);
  }

  /** The n-th request, of all or of a script, past or to come; 1 for the first. */
  request(number: number, script?: string): Promise<ModelRequest> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = (script === undefined ? this.requests : this.requestsOf(script))[number - 1];
        if (found === undefined) return;
        this.#waiting.delete(look);
        resolve(found);
      };
      this.#waiting.add(look);
      look();
    });
  }

  /** Cuts what is still open. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  async #answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const left = new Promise<void>((resolve) => response.once("close", resolve));
    const text = await readText(message);
    const body = message.method === "POST" ? (JSON.parse(text) as Record<string, unknown>) : {};
    const dialect = dialects.find((one) => one.asked(message.url ?? "", body) !== undefined);
    const asked = dialect?.asked(message.url ?? "", body);
    if (message.method !== "POST" || dialect === undefined || asked === undefined) {
      this.mistakes.push(`${message.method} ${message.url} was asked for.`);
      return sendJson(response, 404, refuses(404, "There is nothing here.").body);
    }
    const ended = left.then(() => (response.writableFinished ? ("answered" as const) : ("broken" as const)));
    const request = this.#take(asked, body, message.headers, ended);
    const { model, number, isStreaming } = request;
    const reply = await this.#replyTo(request);
    await sendReply(response, reply, { dialect, head: { id: `chat-${number}`, created: 0, model }, isStreaming, left });
  }

  #take(
    asked: Asked,
    body: ModelRequest["body"],
    headers: ModelRequest["headers"],
    ended: ModelRequest["ended"],
  ): ModelRequest {
    const request: ModelRequest = {
      ...asked,
      number: this.requests.length + 1,
      script: scriptNameOf(asked.messages, asked.model),
      headers,
      body,
      ended,
    };
    this.requests.push(request);
    for (const look of this.#waiting) look();
    return request;
  }

  /** A mistake of the script is told to the client as one that it should not try again. */
  async #replyTo(request: ModelRequest): Promise<Reply> {
    try {
      const script = this.#scripts.get(request.script ?? "");
      if (script === undefined) throw new Error(`There is no script ${request.script ?? "for it"}.`);
      return await script(request);
    } catch (error) {
      const mistake = `Request ${request.number}: ${(error as Error).message}`;
      this.mistakes.push(mistake);
      return refuses(400, mistake);
    }
  }
}

async function readText(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
