import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { errorAnswer, statusOf } from "./error-answer.ts";
import { HttpRefusal } from "./http-refusal.ts";
import { jsonHeaders } from "./response-headers.ts";

/** Answers, unless whoever asked has gone. */
export function respond(
  response: ServerResponse,
  status: number,
  headers: OutgoingHttpHeaders,
  body: string | Buffer,
): void {
  if (response.destroyed || response.headersSent) return;
  const length = status === 204 ? {} : { "content-length": Buffer.byteLength(body) };
  response.writeHead(status, { ...headers, ...length }).end(body);
}

export function respondJson(response: ServerResponse, value: object): void {
  respond(response, 200, jsonHeaders, JSON.stringify(value));
}

export function refuse(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  const more = error instanceof HttpRefusal ? error.headers : {};
  // Nobody reads what else comes of a request that was refused, so the connection is of no more use.
  const hasBody = "content-length" in request.headers || "transfer-encoding" in request.headers;
  const close = hasBody ? { connection: "close" } : {};
  respond(response, statusOf(error), { ...jsonHeaders, ...close, ...more }, JSON.stringify(errorAnswer(error)));
}
