import { asJournalError, cleanedUp } from "./journal-error.ts";
import { RunfoldError } from "../domain/errors.ts";
import type { Journal } from "../ports/journal.ts";
import { isAtEnd, isStill, readOwn } from "./read-own.ts";
import type { OwnRun } from "./read-own.ts";
import type { Breather } from "./breather.ts";
import type { RunStream } from "./run-stream.ts";

/**
 * Brings a stream up to the end of a run's journal, and, if the run has not ended, keeps it there until it has or `signal`
 * aborts. For runs that another process writes, and for those that have ended.
 */
export async function followRun(
  journal: Journal,
  own: OwnRun,
  stream: RunStream,
  signal: AbortSignal,
  breather: Breather,
): Promise<void> {
  for (;;) {
    await breather.pause();
    const commits = await readOwn(own, stream.position);
    if (commits.length === 0 && (await isAtEnd(own, stream.position))) break;
    if (commits.length > 0) stream.publish(commits);
  }
  if (stream.position > 0 && !stream.isEnded) void keepFollowing(journal, own, stream, signal);
}

async function keepFollowing(journal: Journal, own: OwnRun, stream: RunStream, signal: AbortSignal): Promise<void> {
  const { run } = own;
  let isKnown = false;
  try {
    for await (const commits of journal.follow(run, stream.position, signal)) {
      // From here on the journal itself ends the following when the run is deleted.
      if (!isKnown && !(await isStill(own))) throw cleanedUp(run);
      isKnown = true;
      stream.publish(commits);
      if (stream.isEnded) return;
    }
    stream.stop(
      signal.aborted
        ? new RunfoldError("runtime.closed", "The runtime was closed.")
        : new RunfoldError("run.cleaned", `Run ${run} was cleaned up while it was followed.`),
    );
  } catch (error) {
    stream.stop(asJournalError(error, `Run ${run} can no longer be read.`));
  }
}
