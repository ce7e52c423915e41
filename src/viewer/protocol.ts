import type { RecordedEvent } from "../domain/events.ts";
import type { Position, RunId, RunLife, StepId } from "../domain/ids.ts";
import type { MessageChannel } from "../domain/message.ts";
import type { RunSummary } from "../projections/run-summary.ts";

/**
 * What the viewer's server and its page say to each other. All addresses are relative to the page's own, whose first segment is
 * the secret token: `http://127.0.0.1:PORT/TOKEN/`, and for one run `http://127.0.0.1:PORT/TOKEN/#RUN`. The page folds events into frames
 * with the library's own projections, so what it shows of the past is what was; the server only reads journals, and hands commands on.
 *
 * | request                               | answer                                                                                     |
 * |---------------------------------------|--------------------------------------------------------------------------------------------|
 * | `GET ./`                              | the page                                                                                   |
 * | `GET ./runs?limit=N`                  | server-sent events `runs`: {@link RunsMessage}, at once and whenever something has changed |
 * | `GET ./runs/ID/events?after=N&life=L` | server-sent events, see below                                                              |
 * | `GET ./runs/ID/artifacts/NAME`        | text of a stored artifact, as `text/plain`                                                 |
 * | `POST ./runs/ID/cancel`               | {@link CancelOrder} to {@link OrderAnswer}                                                 |
 * | `POST ./runs/ID/messages`             | {@link MessageOrder} to {@link OrderAnswer}                                                |
 *
 * The events of a run come as `events`, {@link EventsMessage}. The id of each is a cursor, opaque, which browsers send again as
 * `Last-Event-ID`; that goes before `after` and `life`, which may be left out. Beside them come
 *
 * - `restart`, {@link RestartMessage}: the place that was asked for is not of this run. Drop what there is of it; its events follow from the first
 * - `owner`, {@link OwnerMessage}: the process that writes the run is gone, or another one goes on with it. Said of a new connection once it is not live
 * - `end`, `{}`: the run has ended, and all has been sent. Nothing follows; close the source, or the browser asks again and again
 * - `gone`, {@link ErrorAnswer}: the run was deleted or cannot be read. Nothing follows; close the source
 *
 * Whatever is refused is answered with a status from 400 on and an {@link ErrorAnswer}; a browser's source of events, which could not read that, is
 * told `gone` where there is no run to be read. An artifact beyond its limit ends in a line that says
 * how much was left out.
 */
export interface RunsMessage {
  /** Newest first: as many as were asked for with `limit`, 1 to `limits.viewerRunsMax`. Default: `limits.viewerRunsDefault`. */
  readonly runs: readonly ListedRun[];
  /** There are older ones, which a larger limit shows. */
  readonly areMore: boolean;
  /** Nothing can be written: every order is refused. */
  readonly isReadOnly: boolean;
}

export interface RestartMessage {
  /** The life of the run whose events follow. */
  readonly life: RunLife;
}

export interface OwnerMessage {
  /** Somebody writes the run. */
  readonly isLive: boolean;
}

/** Sentences for a person, and a code for programs: one of the library's, or `viewer.…`. */
export interface ErrorAnswer {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface ListedRun {
  readonly summary: RunSummary;
  /** Somebody owns it and can be told to cancel it. */
  readonly isLive: boolean;
}

export interface EventsMessage {
  readonly life: RunLife;
  /** In order, without a gap; the first follows the position that was asked for. */
  readonly events: readonly RecordedEvent[];
  /** Nothing follows for now: everything that was recorded has been sent. */
  readonly isCaughtUp: boolean;
}

export interface CancelOrder {
  readonly reason: string;
  readonly isForced: boolean;
}

export interface MessageOrder {
  readonly step: StepId;
  readonly channel: MessageChannel;
  readonly text: string;
  /** The same again is the same message. */
  readonly key: string;
}

/** `refused` and `failed` say why in a sentence for a person. */
export type OrderAnswer =
  | { readonly outcome: "taken" }
  | { readonly outcome: "refused" | "failed"; readonly why: string };

/**
 * What a page that was written to a file by `runfold export RUN --html` carries within itself, as JSON in a script element of the type
 * `application/json` with the id `recorded-run`. A page with such an element asks no server for anything.
 */
export interface RecordedRun {
  readonly id: RunId;
  readonly summary: RunSummary;
  readonly events: readonly RecordedEvent[];
  /** Texts of artifacts by name, as far as they had room; the names of those that had none are in `artifactsLeftOut`. */
  readonly artifacts: Readonly<Record<string, string>>;
  readonly artifactsLeftOut: readonly string[];
  readonly writtenAtPosition: Position;
  /** Why there is more of the run than the page has, in sentences for a person. */
  readonly cutBecause?: string;
}
