import { limits } from "../domain/limits.ts";
import { isRunEnded } from "../domain/status.ts";
import type { Session, TeamRuns } from "./team-runs.ts";

/**
 * Ends the runs of a session that was closed, by force, each whatever becomes of the others. Resolves with how many there were.
 * @throws why one of them could not be ended, once the others are
 */
export async function endRuns(runs: TeamRuns, session: Session, reason: string): Promise<number> {
  // A call that has not begun its run by now finds the session closed; those that have are among the ones that end.
  await runs.whenStarted();
  const { own } = await runs.count(session);
  const live = own.filter(({ status }) => !isRunEnded(status));
  const ended = await Promise.allSettled(
    live.map(async ({ id }) => {
      const run = await runs.find(session, id);
      await run?.cancel({ reason, force: true });
      await run?.wait({ until: "end", timeoutMs: limits.toolShutdownMs });
    }),
  );
  for (const end of ended) if (end.status === "rejected") throw end.reason;
  return live.length;
}
