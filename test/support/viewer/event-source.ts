import { request, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from "node:http";

/** One message of a stream of server-sent events. */
export interface SentEvent {
  readonly event: string;
  readonly data: unknown;
  readonly id: string;
}

/** Takes a stream of server-sent events apart, as the HTML standard says, for what our server sends. */
export class EventParser {
  readonly comments: string[] = [];
  lastId = "";
  #rest = "";
  #event = "";
  #data: string[] = [];

  take(text: string): SentEvent[] {
    const lines = (this.#rest + text).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line));
  }

  #line(line: string): SentEvent[] {
    if (line === "") return this.#dispatch();
    const [field = "", ...value] = line.split(":");
    const text = value.join(":").replace(/^ /, "");
    if (field === "") this.comments.push(text);
    if (field === "event") this.#event = text;
    if (field === "data") this.#data.push(text);
    if (field === "id") this.lastId = text;
    return [];
  }

  #dispatch(): SentEvent[] {
    const data = this.#data.join("\n");
    const event = this.#event;
    this.#event = "";
    this.#data = [];
    return data === "" ? [] : [{ event, data: JSON.parse(data), id: this.lastId }];
  }
}

/** A reader of a stream in place of a browser's, which can also be slow. */
export class EventReader {
  readonly events: SentEvent[] = [];
  readonly parser = new EventParser();
  readonly opened: Promise<{ readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: string }>;
  hasEnded = false;
  readonly #request: ClientRequest;
  readonly #waiting = new Set<() => void>();
  #response: IncomingMessage | undefined;

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.#request = request(url, { headers: { accept: "text/event-stream", ...headers }, agent: false });
    this.opened = new Promise((resolve, reject) => {
      this.#request.on("error", reject).on("response", (response) => {
        this.#response = response.setEncoding("utf8");
        const { statusCode = 0, headers: told } = response;
        const isStream = told["content-type"]?.startsWith("text/event-stream") === true;
        let body = "";
        response.on("data", (text: string) => {
          if (isStream) this.events.push(...this.parser.take(text));
          else body += text;
          this.#look();
        });
        response.on("close", () => {
          this.hasEnded = true;
          this.#look();
          resolve({ status: statusCode, headers: told, body });
        });
        if (isStream) resolve({ status: statusCode, headers: told, body: "" });
      });
    });
    this.opened.catch(() => undefined);
    this.#request.end();
  }

  /** Resolves once it holds of what was read so far; rejects where the stream ends before. */
  until(holds: (reader: this) => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const isSo = holds(this);
        if (!isSo && !this.hasEnded) return;
        this.#waiting.delete(look);
        if (isSo) resolve();
        else reject(new Error(`The stream ended before: ${JSON.stringify(this.events).slice(0, 2_000)}`));
      };
      this.#waiting.add(look);
      look();
    });
  }

  untilEnd(): Promise<void> {
    return this.until(({ hasEnded }) => hasEnded);
  }

  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  close(): void {
    this.#request.destroy();
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }
}
