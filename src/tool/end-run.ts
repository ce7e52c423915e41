import { isRunfoldError } from "../index.ts";
import { findRun, type FoundRun, isFound, runDetails } from "./found-run.ts";
import { type TeamDetails, teamDetails } from "./team-details.ts";
import { error } from "./team-diagnostic.ts";
import type { ToolCall, ToolParts } from "./tool-host.ts";

/** Asks a run to end. Of a run that has ended it changes nothing, and that is no error. */
export async function cancelRun(
  parts: ToolParts,
  { session, input }: ToolCall<{ readonly runId: string; readonly reason?: string }>,
): Promise<TeamDetails> {
  const found = await findRun(parts, "cancel", session, input.runId);
  if (!isFound(found)) return found;
  await found.run.cancel(input.reason === undefined ? {} : { reason: input.reason });
  return teamDetails(await runDetails("cancel", found));
}

/** Deletes an ended run and all that it kept. Where that fails the run can still be read. */
export async function cleanUpRun(
  parts: ToolParts,
  { session, input }: ToolCall<{ readonly runId: string }>,
): Promise<TeamDetails> {
  const action = "cleanup";
  const found = await findRun(parts, action, session, input.runId);
  if (!isFound(found)) return found;
  const { id, status, life } = found.run.snapshot();
  try {
    const paths = await keptPaths(found);
    const { deleted } = await found.run.cleanup();
    parts.forget(id, life);
    const deletedPaths = deleted.map((name) => paths.get(name) ?? name);
    return teamDetails({ action, cleanup: { runId: id, deletedPaths } });
  } catch (thrown) {
    if (!isRunfoldError(thrown)) throw thrown;
    const isLive = thrown.code === "run.live";
    if (!isLive) parts.runs.keepInSight(life);
    const code = isLive ? "cleanup-run-live" : "cleanup-artifacts-failed";
    const repair = isLive ? `Run ${id} is ${status}: wait for its end, or cancel it first.` : "Try it again.";
    return teamDetails({
      ...(await runDetails(action, found)),
      error: error(code, thrown.message, { path: "/runId", action, repair }),
    });
  }
}

/** Where its artifacts lie, by their names: once they are gone nobody can tell. */
async function keptPaths({ run, record }: FoundRun): Promise<ReadonlyMap<string, string>> {
  const paths = new Map<string, string>();
  // One that has not ended may still be cleaned up where nobody writes it; its events end here all the same.
  const { position: head } = run.snapshot();
  for await (const { event, position } of run.events()) {
    if (event.type === "artifact.stored") {
      // Something else may lie there by now; then it is where it was when it was last looked for.
      const path = await run.artifactPath(event.artifact).catch(() => record.paths.get(event.artifact.name));
      if (path !== undefined) paths.set(event.artifact.name, path);
    }
    if (position >= head) break;
  }
  return paths;
}
