import type { ErrorAnswer } from "../../protocol.ts";
import { refusalOf } from "./refusal.ts";
import { viewerPageLimits } from "../../../domain/viewer-page-limits.ts";

export type FeedState = "connecting" | "open" | "reconnecting" | "closed";

export interface FeedOptions {
  /** Asked for each time that a connection is made. */
  readonly address: () => string;
  /** What is done with each kind of message. */
  readonly on: Readonly<Record<string, (data: unknown) => void>>;
  readonly onState: (state: FeedState) => void;
  /** Why the server refuses the connection; the page closes the feed where asking again is of no use. */
  readonly onRefused?: (why: ErrorAnswer) => void;
}

/**
 * Server-sent events that come back: after a lost connection by the browser itself, after a refusal and a hidden page by a new
 * connection. A hidden page holds none, because browsers have few of them for all pages together.
 */
export class Feed {
  readonly #options: FeedOptions;
  #source: EventSource | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #waitMs: number = viewerPageLimits.viewerReconnectMs;
  #isClosed = false;
  readonly #onVisibility = (): void => (document.hidden ? this.#drop() : this.#connect());

  constructor(options: FeedOptions) {
    this.#options = options;
    document.addEventListener("visibilitychange", this.#onVisibility);
    options.onState("connecting");
    if (!document.hidden) this.#connect();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    document.removeEventListener("visibilitychange", this.#onVisibility);
    this.#drop();
    this.#options.onState("closed");
  }

  #connect(): void {
    if (this.#isClosed || this.#source !== undefined) return;
    clearTimeout(this.#timer);
    const source = new EventSource(this.#options.address());
    this.#source = source;
    source.addEventListener("open", () => {
      this.#waitMs = viewerPageLimits.viewerReconnectMs;
      this.#options.onState("open");
    });
    source.addEventListener("error", () => this.#failed(source));
    for (const [name, take] of Object.entries(this.#options.on)) {
      source.addEventListener(name, (message: MessageEvent<string>) => {
        if (this.#source === source) take(JSON.parse(message.data));
      });
    }
  }

  #failed(source: EventSource): void {
    if (this.#source !== source) return;
    this.#options.onState("reconnecting");
    if (source.readyState !== EventSource.CLOSED) return;
    this.#drop();
    void this.#askWhy();
    this.#timer = setTimeout(() => {
      if (!document.hidden) this.#connect();
    }, this.#waitMs);
    this.#waitMs = Math.min(this.#waitMs * 2, viewerPageLimits.viewerReconnectMaxMs);
  }

  /** A source of events does not say why it was refused; an ordinary request does. */
  async #askWhy(): Promise<void> {
    const why = await refusalOf(this.#options.address());
    if (why !== undefined && !this.#isClosed) this.#options.onRefused?.(why);
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = undefined;
  }
}
