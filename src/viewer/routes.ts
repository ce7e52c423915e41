import type { IncomingMessage, ServerResponse } from "node:http";
import { quotedText } from "../domain/quoted-text.ts";
import { isRunId } from "../domain/ids.ts";
import { limits, RunfoldError, type Run } from "../index.ts";
import type { Admitted } from "./admission.ts";
import { artifactText } from "./artifact-text.ts";
import { errorAnswer, isForOperator } from "./error-answer.ts";
import { EventStream } from "./event-stream.ts";
import { HttpRefusal, notFound } from "./http-refusal.ts";
import { cancelOrder, cancelRun, messageOrder, sendMessage } from "./orders.ts";
import { readBody } from "./read-body.ts";
import { respond, respondJson } from "./respond.ts";
import { eventStreamType, pageHeaders, textHeaders } from "./response-headers.ts";
import type { RunsFeed } from "./runs-feed.ts";
import { limitOf, streamRuns } from "./stream-runs.ts";
import { placeOf, streamRun } from "./stream-run.ts";
import type { ViewerParts } from "./viewer-parts.ts";
import { watchOwner } from "./watch-owner.ts";

/** One request that was let in. */
export interface Exchange extends Admitted {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when whoever asked has gone, or the viewer closes. */
  readonly signal: AbortSignal;
}

/** Gives each address its answer. */
export class Routes {
  readonly #parts: ViewerParts;
  readonly #feed: RunsFeed;
  readonly #streams = new Set<EventStream>();

  constructor(parts: ViewerParts, feed: RunsFeed) {
    this.#parts = parts;
    this.#feed = feed;
  }

  /** Pages that are told of something now. */
  get streams(): number {
    return this.#streams.size;
  }

  endStreams(): void {
    for (const stream of this.#streams) stream.end();
  }

  /** Resolves when the answer has been given, for a stream when it has ended. @throws HttpRefusal, and whatever fails. */
  async answer(exchange: Exchange): Promise<void> {
    const { segments } = exchange;
    const [first, id = "", what, name = ""] = segments;
    if (first === "" && segments.length === 1) return this.#page(exchange);
    if (first === "assets" && segments.length === 2) return this.#asset(exchange, id);
    if (first !== "runs") throw notFound();
    if (segments.length === 1) return await this.#runs(exchange);
    if (what === "events" && segments.length === 3) return await this.#events(exchange, id);
    if (what === "artifacts" && segments.length === 4) return await this.#artifact(exchange, id, name);
    if (what === "cancel" && segments.length === 3) return await this.#cancel(exchange, id);
    if (what === "messages" && segments.length === 3) return await this.#message(exchange, id);
    throw notFound();
  }

  #page({ request, response }: Exchange): void {
    allow(request, "GET", "HEAD");
    respond(response, 200, pageHeaders, this.#parts.page.index);
  }

  #asset({ request, response }: Exchange, name: string): void {
    allow(request, "GET", "HEAD");
    const file = this.#parts.page.assets.get(name);
    if (file === undefined) throw notFound();
    respond(response, 200, { ...pageHeaders, "content-type": file.type }, file.bytes);
  }

  async #runs({ request, response, query }: Exchange): Promise<void> {
    allow(request, "GET");
    const limit = limitOf(query);
    await this.#stream(response, (stream) => streamRuns(this.#feed, limit, stream, this.#parts.onProblem));
  }

  async #events({ request, response, query }: Exchange, id: string): Promise<void> {
    allow(request, "GET");
    const run = await this.#find(id).catch((error: unknown) => this.#tellGone(request, response, error));
    if (run === undefined) return;
    const seen = request.headers["last-event-id"];
    const place = placeOf(run, typeof seen === "string" ? seen : undefined, query);
    const { isEnded, cursor } = run.snapshot();
    // A browser comes back for a stream that ended, until it is told that there is nothing.
    if (seen !== undefined && isEnded && place === cursor) return respond(response, 204, textHeaders, "");
    await this.#stream(response, (stream) => {
      watchOwner(run, stream, this.#parts.clock);
      return streamRun(run, place, stream, this.#parts.onProblem);
    });
  }

  async #artifact({ request, response }: Exchange, id: string, name: string): Promise<void> {
    allow(request, "GET");
    const run = await this.#find(id);
    respond(response, 200, textHeaders, await artifactText(run, name, this.#parts.artifacts));
  }

  async #cancel({ request, response }: Exchange, id: string): Promise<void> {
    allow(request, "POST");
    const order = cancelOrder(await readBody(request, this.#parts.clock));
    respondJson(response, await cancelRun(await this.#find(id), order));
  }

  async #message({ request, response, signal }: Exchange, id: string): Promise<void> {
    allow(request, "POST");
    const order = messageOrder(await readBody(request, this.#parts.clock));
    respondJson(response, await sendMessage(await this.#find(id), order, signal));
  }

  async #find(id: string): Promise<Run> {
    const run = isRunId(id) ? await this.#parts.runtime.get(id) : undefined;
    if (run === undefined) throw new RunfoldError("run.unknown", `There is no run ${quotedText(id)}.`);
    return run;
  }

  /** A browser's source of events hears nothing of a refusal but that there was one, so that is sent as an event. @throws the error to others */
  async #tellGone({ headers }: IncomingMessage, response: ServerResponse, error: unknown): Promise<undefined> {
    if (headers.accept?.includes(eventStreamType) !== true) throw error;
    if (isForOperator(error)) this.#parts.onProblem(error);
    await this.#stream(response, async (stream) => {
      await stream.send("gone", JSON.stringify(errorAnswer(error)));
      stream.end();
    });
  }

  async #stream(response: ServerResponse, fill: (stream: EventStream) => Promise<void>): Promise<void> {
    if (response.destroyed) return;
    if (this.#streams.size >= limits.viewerStreamsMax) {
      const message = `${limits.viewerStreamsMax} pages watch already.`;
      throw new HttpRefusal(503, { code: "viewer.busy", message, hint: "Close some of them." });
    }
    const stream = new EventStream(response, this.#parts.clock);
    this.#streams.add(stream);
    try {
      await fill(stream);
    } finally {
      this.#streams.delete(stream);
    }
  }
}

function allow({ method = "" }: IncomingMessage, ...methods: readonly string[]): void {
  if (methods.includes(method)) return;
  const answer = { code: "viewer.methodNotAllowed", message: `This address takes ${methods.join(" and ")}.`, hint: "" };
  throw new HttpRefusal(405, answer, { allow: methods.join(", ") });
}
