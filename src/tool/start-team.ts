import { cutText } from "../domain/cut-text.ts";
import type { Fields } from "../domain/fields.ts";
import { limits } from "../domain/limits.ts";
import { isRunEnded } from "../domain/status.ts";
import { isRunfoldError, type GraphDiagnostic } from "../index.ts";
import { defaultsFor } from "./agent-defaults.ts";
import { runDetails } from "./found-run.ts";
import { type TeamDetails, teamDetails } from "./team-details.ts";
import { error, type TeamDiagnostic } from "./team-diagnostic.ts";
import { teamDiagnostic, teamGraph } from "./team-graph.ts";
import type { RunCounts, Session } from "./team-runs.ts";
import type { ToolCall, ToolParts } from "./tool-host.ts";

const action = "start";

/** Starts a run and answers at once: it goes on by itself, also when the call is given up after that. */
export async function startTeam(
  parts: ToolParts,
  { session, input, signal }: ToolCall<{ readonly graph: Fields; readonly options?: unknown }>,
): Promise<TeamDetails> {
  const { runs, host } = parts;
  if (signal?.aborted === true) return aborted();
  const kind = host.agentKind ?? "pi";
  const defaultsOf = await defaultsFor(parts, input.graph, host.defaults?.() ?? {});
  const planned = teamGraph(input.graph, input.options, { name: runs.newName(session), kind, defaultsOf });
  if (planned.graph === undefined) return planningFailed(planned.diagnostics);
  const { graph, diagnostics } = planned;
  try {
    const started = await runs.start(graph, async () =>
      signal?.aborted === true || !parts.isOpen(session) ? aborted() : await refusedForCapacity(parts, session),
    );
    if ("refusal" in started) return started.refusal;
    const found = { run: started, record: parts.recordOf(started.id, started.snapshot().life) };
    const details = await runDetails(action, found);
    found.record.told = started.snapshot().position;
    return teamDetails({ ...details, diagnostics: [...diagnostics, ...details.diagnostics] });
  } catch (thrown) {
    if (isRunfoldError(thrown, "graph.invalid")) return planningFailed([...diagnostics, ...planningFindings(thrown)]);
    if (isRunfoldError(thrown, "runtime.full")) return full(thrown.message);
    if (isRunfoldError(thrown, "run.idInvalid")) {
      return teamDetails({ action, error: error("run-id-exhausted", thrown.message, { action }) });
    }
    if (isRunfoldError(thrown)) throw thrown;
    // A check of the host's own that is broken; nothing was started, and the model has to be told.
    const message = `Nothing was started: ${cutText(String(thrown), limits.failureMessageCharsMax)}`;
    return teamDetails({ action, error: error("start-failed", message, { action }) });
  }
}

function aborted(): TeamDetails {
  const message = "The call was given up, or its session shut down, before a run was started.";
  return teamDetails({ action, error: error("start-aborted-before-run-id", message, { action }) });
}

function planningFailed(diagnostics: readonly TeamDiagnostic[]): TeamDetails {
  const count = diagnostics.filter(({ severity }) => severity === "error").length;
  const message = `The graph cannot be started: ${count} ${count === 1 ? "thing is" : "things are"} wrong with it. Nothing was started.`;
  const repair = "Repair what the diagnostics say, then start it again.";
  return teamDetails({ action, diagnostics, error: error("start-planning-failed", message, { action, repair }) });
}

function planningFindings({ details }: { readonly details: Readonly<Record<string, unknown>> }): TeamDiagnostic[] {
  return ((details["diagnostics"] ?? []) as readonly GraphDiagnostic[]).map((finding) => teamDiagnostic(finding));
}

async function refusedForCapacity({ runs, host }: ToolParts, session: Session): Promise<TeamDetails | undefined> {
  const { liveRunsMax = limits.toolLiveRunsMax, retainedRunsMax = limits.toolRetainedRunsMax } = host;
  const counts = await runs.count(session);
  if (counts.live >= liveRunsMax) {
    return full(
      `${counts.live} runs have not ended, and at most ${liveRunsMax} may run at once. ${ownAndOthers(counts)}`,
    );
  }
  if (counts.retained < retainedRunsMax) return undefined;
  const message = `${counts.retained} runs are kept, and at most ${retainedRunsMax} may be. ${ownAndOthers(counts)}`;
  const repair = "Clean up runs whose results are no longer needed.";
  return teamDetails({ action, error: error("detached-run-retained-cap-reached", message, { action, repair }) });
}

function full(message: string): TeamDetails {
  const repair = "Wait for a run to end, or cancel one.";
  return teamDetails({ action, error: error("detached-run-live-cap-reached", message, { action, repair }) });
}

/** The caller's own runs by name; of others only how many they are. */
function ownAndOthers({ own, live, retained }: RunCounts): string {
  const ownLive = own.filter(({ status }) => !isRunEnded(status)).length;
  const shown = own.slice(0, limits.toolRunsNamedMax).map(({ id, status }) => `${id}:${status}`);
  const rest = own.length - shown.length;
  const named = shown.length === 0 ? "none" : `${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  const [othersLive, others] = [live - ownLive, retained - own.length];
  return `Your runs: ${named}. Of other sessions: ${othersLive} live, ${others - othersLive} ended.`;
}
