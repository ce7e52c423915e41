import {
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  type InputRequiredResult,
} from "@modelcontextprotocol/server";
import { ownerStateOf } from "../../surfaces/owner-state.ts";
import { wireStatus } from "../../surfaces/wire.ts";
import { limits, type RunSnapshot } from "../../index.ts";
import { printableLine } from "../../domain/printable.ts";
import { flagField, optional } from "../fields.ts";
import { findRun } from "../find-run.ts";
import { Refusal } from "../problem.ts";
import { runId } from "../run-fields.ts";
import type { Tool, ToolCall } from "../tool.ts";

const fields = {
  runId,
  confirm: optional(
    flagField("Must be true where the client cannot ask its user; otherwise it says nothing, and the user is asked."),
  ),
};

export const runCleanup: Tool<typeof fields> = {
  name: "run_cleanup",
  title: "Delete a run",
  description:
    "Deletes a run that has ended, with its journal, its results and its artifacts, for good. The user is asked first. Read and keep " +
    "what is needed before.",
  fields,
  output: {
    properties: { runId: { type: "string" }, isCleaned: { type: "boolean" }, reason: { type: "string" } },
    required: ["runId", "isCleaned"],
  },
  hints: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  async call({ runId: id, confirm }, call) {
    const { run } = await findRun(call.host, id);
    const before = run.snapshot();
    refuseLive(before);
    const consent = consentTo(before, confirm === true, call);
    if (typeof consent === "object") return consent;
    if (consent === "refused") {
      const reason = "The user did not confirm it.";
      const text = `Run ${id} is kept: the user did not confirm that it be deleted. Do not ask again unless the user wants it.`;
      return { structured: { runId: id, isCleaned: false, reason }, text };
    }
    await run.cleanup({ reason: "Cleaned up through MCP." });
    return { structured: { runId: id, isCleaned: true }, text: `Run ${id} was deleted, with its artifacts.` };
  },
};

/** Before anybody is asked about it. */
function refuseLive(run: RunSnapshot): void {
  if (run.isEnded || ownerStateOf(run) === "gone") return;
  throw new Refusal(
    "run.live",
    `Run ${run.id} has not ended, so it cannot be deleted: it is ${wireStatus(run.status)}.`,
    "Wait for its end with run_wait, or end it with run_cancel.",
  );
}

const question = "confirm";

/**
 * What the user says, or the question to be put. One path for both eras of the protocol: in the newer one the client asks and calls
 * again, in the older one the SDK asks and calls this again.
 */
function consentTo(run: RunSnapshot, isArgued: boolean, call: ToolCall): "given" | "refused" | InputRequiredResult {
  if (!canAsk(call)) {
    if (isArgued) return "given";
    throw new Refusal(
      "confirmation.required",
      `Deleting run ${run.id} has to be confirmed, and this client cannot ask its user.`,
      "Ask the user yourself; if the answer is yes, call run_cleanup again with confirm: true.",
    );
  }
  const { inputResponses, requestState } = call.context.mcpReq;
  const answer = inputResponse(inputResponses, question);
  // An answer about an earlier run of this id says nothing about this one.
  if (answer.kind === "elicit" && requestState() === run.life) {
    return answer.action === "accept" && answer.content?.[question] === true ? "given" : "refused";
  }
  return inputRequired({ inputRequests: { [question]: ask(run) }, requestState: run.life });
}

function ask(run: RunSnapshot) {
  const name = JSON.stringify(printableLine(run.graph.name, limits.mcpTextCharsMax));
  return inputRequired.elicit({
    message: `Delete run ${run.id} of graph ${name} (${wireStatus(run.status)}, ${stepCount(run)}) with its results and artifacts, for good?`,
    requestedSchema: {
      type: "object",
      properties: { [question]: { type: "boolean", title: `Delete run ${run.id}`, default: false } },
      required: [question],
    },
  });
}

function stepCount({ steps }: RunSnapshot): string {
  return steps.length === 1 ? "1 step" : `${steps.length} steps`;
}

function canAsk({ context, server }: ToolCall): boolean {
  const { envelope } = context.mcpReq;
  const told: unknown = envelope === undefined ? undefined : Reflect.get(envelope, CLIENT_CAPABILITIES_META_KEY);
  // A client of the older protocol says once what it can do.
  const capabilities = (told ?? server.server.getClientCapabilities() ?? {}) as {
    readonly elicitation?: { readonly form?: unknown; readonly url?: unknown };
  };
  const { elicitation } = capabilities;
  // Asking by forms is what is meant where nothing is named.
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}
