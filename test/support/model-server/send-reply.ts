import type { ServerResponse } from "node:http";
import type { CompletionHead } from "./completion.ts";
import type { Dialect } from "./dialect.ts";
import type { Answer, Reply } from "./reply.ts";

export interface SendOrder {
  readonly dialect: Dialect;
  readonly head: CompletionHead;
  readonly isStreaming: boolean;
  /** Settles when nobody is there any more to read. */
  readonly left: Promise<void>;
}

/** Sends a reply. Resolves when it is sent, cut, or nobody is there any more to read it. */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  { dialect, head, isStreaming, left }: SendOrder,
): Promise<void> {
  if (reply.type === "refusal") return sendJson(response, reply.status, reply.body, reply.headers);
  if (isStreaming) return await sendStream(response, reply, { dialect, head, left });
  for (const part of reply.parts) {
    if (part.type === "hold") await Promise.race([part.gate.opened, left]);
    if (part.type === "cut") return cutConnection(response);
  }
  sendJson(response, 200, dialect.whole(head, reply));
}

export function sendJson(response: ServerResponse, status: number, body: unknown, headers: object = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify(body));
}

async function sendStream(
  response: ServerResponse,
  answer: Answer,
  { dialect, head, left }: Omit<SendOrder, "isStreaming">,
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-cache" });
  const send = (pieces: readonly object[]): Promise<void> => write(response, pieces.map(eventOf).join(""), left);
  await send(dialect.first(head));
  let toolCalls = 0;
  for (const part of answer.parts) {
    if (response.destroyed) return;
    if (part.type === "hold") await Promise.race([part.gate.opened, left]);
    else if (part.type === "cut") return cutConnection(response);
    else await send(dialect.piecesOf(head, part, part.type === "tool" ? toolCalls++ : toolCalls));
  }
  await send(dialect.last(head, answer));
  response.end(dialect.close);
}

/** Waits until the system has taken it, so that what was sent before a cut does arrive. */
function write(response: ServerResponse, text: string, left: Promise<void>): Promise<void> {
  if (text === "") return Promise.resolve();
  const written = new Promise<void>((resolve) => response.write(text, () => resolve()));
  return Promise.race([written, left]);
}

/** With a FIN in the middle of a chunk, as when the other side's process is killed: all that was sent arrives before. */
function cutConnection(response: ServerResponse): void {
  response.socket?.end();
}

function eventOf(piece: object): string {
  return `data: ${JSON.stringify(piece)}\n\n`;
}
