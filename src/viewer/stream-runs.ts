import { isRunfoldError, limits } from "../index.ts";
import type { EventStream } from "./event-stream.ts";
import { badRequest } from "./http-refusal.ts";
import type { RunsFeed } from "./runs-feed.ts";

/** @throws HttpRefusal for a limit that is none. */
export function limitOf(query: URLSearchParams): number {
  const given = query.get("limit");
  if (given === null) return limits.viewerRunsDefault;
  const limit = Number(given);
  const isOne = /^\d{1,9}$/.test(given) && limit >= 1 && limit <= limits.viewerRunsMax;
  if (!isOne) throw badRequest(`A limit is a whole number from 1 to ${limits.viewerRunsMax}.`);
  return limit;
}

/** Sends the list of runs whenever it has changed, until nobody reads any more. A slow reader gets the newest alone. */
export async function streamRuns(
  feed: RunsFeed,
  limit: number,
  stream: EventStream,
  tell: (error: unknown) => void,
): Promise<void> {
  let newest: string | undefined;
  let wake: (() => void) | undefined;
  // The browser comes back for the list, and meets what kept it from being read, or the list.
  const failed = (error: unknown): void => {
    if (!isRunfoldError(error, "runtime.closed")) tell(error);
    stream.end();
  };
  const changed = (json: string): void => {
    newest = json;
    wake?.();
  };
  const unsubscribe = feed.subscribe(limit, { changed, failed });
  const over = (): void => wake?.();
  stream.signal.addEventListener("abort", over, { once: true });
  try {
    while (!stream.signal.aborted) {
      const json = newest;
      newest = undefined;
      if (json === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else await stream.send("runs", json);
    }
  } finally {
    unsubscribe();
    stream.signal.removeEventListener("abort", over);
    stream.end();
  }
}
