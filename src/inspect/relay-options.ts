import { RunfoldError } from "../domain/errors.ts";
import { quotedValue } from "../domain/quoted-text.ts";
import type { Clock } from "../ports/clock.ts";
import type { InspectOptions } from "./inspector.ts";
import type { Speed } from "./pace.ts";

export interface RelayOptions extends InspectOptions {
  /** Default: one that is free. */
  readonly port?: number;
  /** How many times as fast as it happened each client is shown the run. Default: what has happened all at once. */
  readonly speed?: Speed;
  /** The page that draws what it is told. Default: Stately's, which browsers have to reach over the net. */
  readonly ui?: string;
  readonly clock?: Clock;
  /** Is told why a client got no further: the journal is damaged, or the run was cleaned up. */
  readonly onProblem?: (error: unknown) => void;
}

/** Sends a run to whoever connects, on this machine alone. */
export interface InspectorRelay extends AsyncDisposable {
  /** The address of a page with the inspector in it. Whoever knows it can read the run. */
  readonly pageUrl: string;
  /** The address for a WebSocket client, such as `createWebSocketReceiver` of `@statelyai/inspect`. */
  readonly webSocketUrl: string;
  /** Lets all clients go. Calling it again waits for the same end. */
  close(): Promise<void>;
}

const statelyPage = "https://stately.ai/inspect";

/** @throws `inspect.invalid` */
export function pageAddress(ui: string = statelyPage): URL {
  const url = URL.canParse(ui) ? new URL(ui) : undefined;
  if (url !== undefined && (url.protocol === "https:" || url.protocol === "http:")) return url;
  throw new RunfoldError(
    "inspect.invalid",
    `The address of a page begins with https:// or http://; this does not: ${quotedValue(ui)}.`,
  );
}

/** @throws `inspect.invalid` */
export function checkPort(port: number): void {
  if (Number.isSafeInteger(port) && port >= 0 && port <= 65_535) return;
  throw new RunfoldError("inspect.invalid", `A port is a whole number from 0 to 65535, not ${quotedValue(port)}.`);
}
