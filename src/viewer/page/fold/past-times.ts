import type { RecordedEvent } from "../../../domain/events.ts";
import type { EpochMs } from "../../../domain/ids.ts";

/**
 * The events, with those by which a fork interrupts what its past left under way at the time of the past's last event: until then the attempts are
 * known to have worked, and the fork may have begun much later. All others are given as they are.
 */
export function* withPastTimes(events: Iterable<RecordedEvent>): Generator<RecordedEvent, void, void> {
  let lastAt: EpochMs | undefined;
  let pastEndedAt: EpochMs | undefined;
  for (const recorded of events) {
    const { event, at } = recorded;
    if (event.type === "run.forked") pastEndedAt = lastAt;
    else if (event.type !== "step.interrupted") pastEndedAt = undefined;
    lastAt = at;
    const isOfPast = event.type === "step.interrupted" && pastEndedAt !== undefined;
    yield isOfPast ? { ...recorded, at: pastEndedAt! } : recorded;
  }
}
