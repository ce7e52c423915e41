import type { Fields } from "../domain/fields.ts";
import { isRecord } from "../domain/fields.ts";
import { quotedText } from "../domain/quoted-text.ts";
import { actions, type Action } from "./input-schema.ts";
import { error, type TeamDiagnostic } from "./team-diagnostic.ts";

/** What each action takes, beside `action`. */
const taken: Readonly<Record<Action, readonly string[]>> = {
  catalog: ["library"],
  start: ["graph", "graphFile", "options"],
  run_status: ["runId", "cursor", "stepId", "waitSeconds", "maxBytes", "preview", "debugEvents"],
  step_result: ["runId", "stepId", "maxBytes", "preview"],
  message: ["runId", "stepId", "channel", "text", "clientMessageId"],
  cancel: ["runId", "reason"],
  cleanup: ["runId"],
};

const graphFields = ["objective", "authority", "steps", "limits"];
const optionFields = ["maxRunSeconds", "terminalRetentionSeconds", "notify"];
/** Fields whose meaning is known, be it only from earlier versions; any other is the schema's to refuse. */
const knownFields: ReadonlySet<string> = new Set([
  ...Object.values(taken).flat(),
  ...graphFields,
  ...optionFields,
  "extensionTools",
  "kind",
]);

/** What belongs where, most telling first. The first of them that was misplaced gives the repair. */
const repairs: readonly (readonly [(field: string, action: string) => boolean, string])[] = [
  [
    (field, action) => action === "start" && graphFields.includes(field),
    "Move objective, authority, steps and limits under graph.",
  ],
  [
    (field) => field === "extensionTools",
    "Name extensionTools in the agent of a step: graph.steps[].agent.extensionTools.",
  ],
  [
    (field, action) => action === "catalog" && field === "maxBytes",
    "Leave maxBytes out; narrow the list with library.query instead.",
  ],
  [(field) => field === "preview", "preview belongs to run_status and step_result."],
  [(field) => field === "kind", 'Leave kind out; say with channel when it is heard: "steer" or "follow_up".'],
  [(field) => field === "waitSeconds", "waitSeconds belongs to run_status."],
  [(field) => field === "debugEvents", "debugEvents belongs to run_status."],
  [(field) => field === "cursor", "cursor belongs to run_status."],
  [
    (field, action) => action === "start" && field === "library",
    "Put library.sources under graph: graph.library.sources.",
  ],
  [(field, action) => action === "start" && optionFields.includes(field), "Put it under options."],
];

/** What an action has too much or too little of, before the schema is asked. */
export function preflight(input: Fields): TeamDiagnostic[] {
  const { action } = input;
  if (typeof action !== "string") {
    const repair = `Set action to one of ${actions.join(", ")}.`;
    return [error("action-required", "The call has no action.", { path: "/action", fields: ["action"], repair })];
  }
  if (!isAction(action)) {
    const repair = `Set action to one of ${actions.join(", ")}; a run is begun with start, and goes on by itself.`;
    const message = `There is no action ${quotedText(action)}.`;
    return [error("action-invalid", message, { path: "/action", fields: ["action"], repair })];
  }
  return [...misplaced(action, input), ...missing(action, input)].map((found) => ({ ...found, action }));
}

export function isAction(action: unknown): action is Action {
  return (actions as readonly unknown[]).includes(action);
}

function misplaced(action: Action, input: Fields): TeamDiagnostic[] {
  const fields = Object.keys(input).filter(
    (name) => name !== "action" && input[name] !== undefined && knownFields.has(name) && !taken[action].includes(name),
  );
  if (fields.length === 0) return [];
  const found = repairs.find(([holds]) => fields.some((field) => holds(field, action)));
  const repair = found?.[1] ?? `Leave ${fields.join(", ")} out; ${action} takes ${taken[action].join(", ")}.`;
  const message = `${action} does not take ${fields.join(", ")}.`;
  return [error(`${action}-control-fields-denied`, message, { path: `/${fields[0]!}`, fields, repair })];
}

function missing(action: Action, input: Fields): TeamDiagnostic[] {
  const found: TeamDiagnostic[] = [];
  const add = (code: string, field: string, message: string, repair: string): void =>
    void found.push(error(code, message, { path: `/${field}`, fields: [field], repair }));
  const has = (field: string): boolean => input[field] !== undefined && input[field] !== null;
  if (action === "start" && has("graph") === has("graphFile")) {
    const what = has("graph") ? "both graph and graphFile" : "neither graph nor graphFile";
    add("start-graph-required", "graph", `start has ${what}.`, "Give exactly one of graph and graphFile.");
  }
  if (action === "catalog" || action === "start") return found;
  if (typeof input["runId"] !== "string") {
    add("run-id-required", "runId", `${action} has no runId.`, "Give the runId that start answered with.");
  }
  if ((action === "step_result" || action === "message") && !has("stepId")) {
    const code = action === "message" ? "message-step-required" : "step_result-step-required";
    add(code, "stepId", `${action} has no stepId.`, "Give the id of one step of the run.");
  }
  if (action !== "message") return found;
  const { channel, text } = input;
  const channels = 'Set channel to "steer" or "follow_up".';
  if (!has("channel")) add("message-channel-required", "channel", "message has no channel.", channels);
  else if (channel !== "steer" && channel !== "follow_up") {
    add("message-channel-invalid", "channel", "There is no such channel.", channels);
  }
  if (typeof text !== "string" || text.trim() === "") {
    add("message-text-required", "text", "message has no text, or a blank one.", "Say something in text.");
  }
  return found;
}

/** The input as fields; anything else has no action. */
export function fieldsOf(input: unknown): Fields {
  return isRecord(input) ? input : {};
}
