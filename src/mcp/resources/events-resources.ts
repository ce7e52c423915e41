import { ResourceTemplate, type McpServer, type ReadResourceResult } from "@modelcontextprotocol/server";
import { wireEvent } from "../../surfaces/wire.ts";
import { limits, type CursoredEvent } from "../../index.ts";
import { harmlessJson } from "../bounded-text.ts";
import { findRun } from "../find-run.ts";
import type { McpHost } from "../host.ts";
import { answering } from "../resource-errors.ts";
import { eventsTemplate, laterEventsTemplate, laterEventsUri } from "../resource-uris.ts";

const mimeType = "application/json";
const notListed = { list: undefined };

/** A run's events as pages: from the first, or after a cursor; each page says where the next one is. */
export function offerEvents(server: McpServer, host: McpHost): void {
  server.registerResource(
    "run-events",
    new ResourceTemplate(eventsTemplate, notListed),
    { title: "Events of a run", description: "What happened in a run, from the first event on, as pages.", mimeType },
    answering(host, (uri, { runId }) => page(host, uri, runId ?? "", undefined)),
  );
  server.registerResource(
    "run-events-after",
    new ResourceTemplate(laterEventsTemplate, notListed),
    { title: "Later events of a run", description: "What happened in a run after a cursor.", mimeType },
    answering(host, (uri, { runId, after }) => page(host, uri, runId ?? "", after ?? "")),
  );
}

async function page(host: McpHost, uri: URL, runId: string, after: string | undefined): Promise<ReadResourceResult> {
  const { run } = await findRun(host, runId);
  // Looking at a cursor refuses a bad one, and comes to it where another process has read further.
  const now = after === undefined ? run.snapshot() : (await run.wait({ after, timeoutMs: 0 })).run;
  const events: object[] = [];
  let cursor = after;
  // Beyond the newest event there is nothing to read yet, and this is no wait.
  if (cursor !== now.cursor) {
    for await (const event of run.events(after === undefined ? {} : { after })) {
      events.push(bounded(event));
      ({ cursor } = event);
      if (cursor === now.cursor || events.length >= limits.mcpEventsMax) break;
    }
  }
  const hasMore = cursor !== now.cursor;
  const next = laterEventsUri(run.id, cursor ?? now.cursor);
  const text = harmlessJson({ run: run.id, events, hasMore, isEnded: now.isEnded && !hasMore, cursor, next });
  return { contents: [{ uri: uri.href, mimeType, text }] };
}

/** An event whose texts are too long for a page is told by its type. */
function bounded(event: CursoredEvent): object {
  const wired = wireEvent(event);
  const chars = JSON.stringify(wired).length;
  if (chars <= limits.mcpEventCharsMax) return wired;
  const { type } = event.event;
  const step = "step" in event.event ? event.event.step : undefined;
  const { position, cursor, at } = wired;
  return { position, cursor, at, event: { type, step }, omittedChars: chars };
}
