import type { Commit } from "../domain/commit.ts";
import { recordedEvents } from "../domain/commit.ts";
import type { Clock } from "../ports/clock.ts";
import { followingCommit, unfoldable } from "../projections/foreign-commit.ts";
import type { Inspection } from "../projections/inspection/inspection.ts";
import type { InspectionMessage } from "../projections/inspection/message.ts";
import type { Pace } from "./pace.ts";

export interface Translation {
  /** A run's commits from the first on, a page at a time. */
  readonly pages: AsyncIterable<readonly Commit[]>;
  readonly inspection: Inspection;
  readonly pace: Pace;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Sends what it is given, and gives what to wait for where it takes no more for now. */
  readonly send: (message: InspectionMessage) => Promise<void> | undefined;
}

/**
 * Translates and sends until the pages or the signal end it.
 * @throws what the pages or `send` throw; `journal.corrupt` and `journal.newer` for commits that do not follow one another.
 */
export async function translate({ pages, inspection, pace, clock, signal, send }: Translation): Promise<void> {
  // Those who call are not made to wait for the first page.
  await clock.turn?.();
  for await (const page of pages) {
    for (const commit of page) {
      await pace.until(commit.at);
      for (const recorded of recordedEvents(followingCommit(commit, inspection.position), inspection.position)) {
        if (signal.aborted) return;
        let messages: readonly InspectionMessage[];
        try {
          messages = inspection.take(recorded);
        } catch (cause) {
          throw unfoldable(recorded.position - 1, cause);
        }
        for (const message of messages) {
          const busy = send(message);
          if (busy !== undefined) await busy;
        }
      }
    }
    await clock.turn?.();
  }
}
