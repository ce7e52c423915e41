import { cursorAt } from "../domain/cursor.ts";
import { isRunfoldError, limits, type Cursor, type CursoredEvent, type Position, type Run } from "../index.ts";
import { errorAnswer } from "./error-answer.ts";
import type { EventStream } from "./event-stream.ts";
import { badRequest } from "./http-refusal.ts";
import type { RestartMessage } from "./protocol.ts";

/**
 * Where a page goes on reading: after what its browser had last, or else where the page says.
 * @throws HttpRefusal for a position that is none.
 */
export function placeOf(run: Run, lastEventId: string | undefined, query: URLSearchParams): Cursor {
  if (lastEventId !== undefined && lastEventId !== "") return lastEventId;
  const after = query.get("after") ?? "0";
  if (!/^\d{1,15}$/.test(after)) throw badRequest("A position is a whole number.");
  return cursorAt(run.id, query.get("life") ?? run.snapshot().life, Number(after));
}

/** Sends a run's events from a place on until its end, or until nobody reads any more. `tell` hears what kept it from going on. */
export async function streamRun(
  run: Run,
  place: Cursor,
  stream: EventStream,
  tell: (error: unknown) => void,
): Promise<void> {
  try {
    if (!(await sendFrom(run, place, stream))) {
      const { life } = run.snapshot();
      const restart: RestartMessage = { life };
      await stream.send("restart", JSON.stringify(restart));
      await sendFrom(run, undefined, stream);
    }
    if (run.snapshot().isEnded) await stream.send("end", "{}");
  } catch (error) {
    // A viewer that closes says nothing: whoever reads comes back and asks the next one.
    if (isRunfoldError(error, "runtime.closed") || isRunfoldError(error, "journal.closed")) return;
    tell(error);
    await stream.send("gone", JSON.stringify(errorAnswer(error)));
  } finally {
    stream.end();
  }
}

/** False where the run has no such place: it is that of an earlier run of its id, or beyond its end. @throws what stops the run's stream. */
async function sendFrom(run: Run, place: Cursor | undefined, stream: EventStream): Promise<boolean> {
  const { signal } = stream;
  const batch = new Batch(run, stream);
  const from = place === undefined ? {} : { after: place };
  try {
    if (place === run.snapshot().cursor) await batch.flush();
    for await (const event of run.events({ ...from, signal })) await batch.add(event);
    return true;
  } catch (error) {
    if (isRunfoldError(error, "cursor.invalid")) return false;
    throw error;
  }
}

/** Events on their way to the page: sent when there are enough of them, or there are no more for now. */
class Batch {
  readonly #run: Run;
  readonly #stream: EventStream;
  #position: Position;
  #cursor: Cursor;
  #events: string[] = [];
  #chars = 0;

  constructor(run: Run, stream: EventStream) {
    this.#run = run;
    this.#stream = stream;
    ({ position: this.#position, cursor: this.#cursor } = run.snapshot());
  }

  async add({ position, at, event, cursor }: CursoredEvent): Promise<void> {
    const json = JSON.stringify({ position, at, event });
    if (this.#events.length > 0 && this.#chars + json.length > limits.viewerBatchCharsMax) await this.flush();
    this.#events.push(json);
    this.#chars += json.length;
    this.#position = position;
    this.#cursor = cursor;
    // The run has folded what it gives, so the next event is there at once unless this is the last one.
    if (this.#isCaughtUp || this.#events.length >= limits.viewerBatchEventsMax) await this.flush();
  }

  async flush(): Promise<void> {
    const events = this.#events;
    this.#events = [];
    this.#chars = 0;
    const { life } = this.#run.snapshot();
    const json = `{"life":${JSON.stringify(life)},"events":[${events.join(",")}],"isCaughtUp":${this.#isCaughtUp}}`;
    await this.#stream.send("events", json, this.#cursor);
  }

  get #isCaughtUp(): boolean {
    return this.#position >= this.#run.snapshot().position;
  }
}
