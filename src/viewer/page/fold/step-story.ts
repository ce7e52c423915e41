import type { ArtifactRef } from "../../../domain/artifact.ts";
import type { RecordedEvent } from "../../../domain/events.ts";
import type { EpochMs } from "../../../domain/ids.ts";
import type { StoredOutput } from "../../../domain/output.ts";
import { viewerPageLimits } from "../../../domain/viewer-page-limits.ts";
import { activityOf } from "../../../projections/activity.ts";
import { MessageBook, type MessageEntry } from "../../../projections/messages.ts";

/** The newest text of one stream of the newest attempt. */
export interface StreamTail {
  readonly stream: string;
  readonly text: string;
  /** Characters before those, for which there is no room. */
  readonly cutChars: number;
  readonly totalChars: number;
}

/** What the panel of a step shows beside its snapshot. */
export interface StepStory {
  readonly tails: readonly StreamTail[];
  /** Notes and calls of tools of the newest attempt, oldest first, and how many came before those. */
  readonly told: readonly { readonly at: EpochMs; readonly line: string }[];
  readonly toldBefore: number;
  /** What the step gave, or what there is of it where it did not succeed. */
  readonly output: { readonly stored: StoredOutput; readonly isPartial: boolean } | undefined;
  readonly artifacts: readonly ArtifactRef[];
  readonly messages: readonly (MessageEntry & { readonly text: string | undefined })[];
}

/** Folds the events of one step. */
export function stepStoryOf(events: readonly RecordedEvent[]): StepStory {
  const tails = new Map<string, StreamTail>();
  const told: { at: EpochMs; line: string }[] = [];
  let toldCount = 0;
  let output: StepStory["output"];
  const artifacts = new Map<string, ArtifactRef>();
  const texts = new Map<number, string>();
  const book = new MessageBook();
  for (const { event, at } of events) {
    book.apply(event);
    switch (event.type) {
      case "step.started":
        tails.clear();
        told.length = 0;
        toldCount = 0;
        break;
      case "step.progressed":
        if (event.report.kind === "text") {
          tails.set(event.report.stream, tailAfter(tails.get(event.report.stream), event.report));
        } else {
          toldCount++;
          told.push({ at, line: activityOf(event) });
          if (told.length > viewerPageLimits.viewerToldLinesMax) told.shift();
        }
        break;
      case "step.succeeded":
        output = { stored: event.output, isPartial: false };
        keepSpilled(event.output);
        break;
      case "step.retryScheduled":
      case "step.failed":
      case "step.timedOut":
      case "step.canceled":
        output = event.partial === undefined ? undefined : { stored: event.partial, isPartial: true };
        if (event.partial !== undefined) keepSpilled(event.partial);
        break;
      case "artifact.stored":
        artifacts.set(event.artifact.name, event.artifact);
        break;
      case "message.sent":
        texts.set(event.message, event.text);
        break;
      default:
        break;
    }
  }
  return {
    tails: [...tails.values()],
    told,
    toldBefore: toldCount - told.length,
    output,
    artifacts: [...artifacts.values()],
    messages: book.list().map((entry) => ({ ...entry, text: texts.get(entry.message) })),
  };

  function keepSpilled(stored: StoredOutput): void {
    for (const { artifact } of stored.spilled ?? []) artifacts.set(artifact.name, artifact);
  }
}

interface TextReport {
  readonly stream: string;
  readonly text: string;
  readonly omittedChars?: number;
  readonly totalChars: number;
}

/** What was cut on its way here leaves a mark at its place; what has no room here is counted. */
function tailAfter(before: StreamTail | undefined, report: TextReport): StreamTail {
  const { stream, text, omittedChars = 0, totalChars } = report;
  const mark = omittedChars === 0 ? "" : `\n… ${omittedChars} characters were left out …\n`;
  const joined = `${before?.text ?? ""}${mark}${text}`;
  const kept = joined.slice(-viewerPageLimits.viewerTailCharsMax);
  return { stream, text: kept, cutChars: (before?.cutChars ?? 0) + joined.length - kept.length, totalChars };
}
