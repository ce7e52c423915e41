import { isRecord, type Fields } from "../../../domain/fields.ts";
import type { AgentProfile } from "../agents/agent-program.ts";

/** What an agent's request for permission is answered with. `cancelled` takes none of the options that it offers. */
export type AcpDecision = "allow_once" | "allow_always" | "reject_once" | "reject_always" | "cancelled";

/** A request of an agent to be allowed a tool call. All of it is the agent's own word. */
export interface AcpPermissionRequest {
  readonly toolCallId: string;
  /** `read`, `edit`, `delete`, `move`, `search`, `execute`, `think`, `fetch`, `switch_mode` or `other`. */
  readonly kind: string;
  /** What the tool call is about, in a line: a command, a file. */
  readonly title: string;
  /** The arguments of the tool, where the agent shows them. */
  readonly rawInput: unknown;
  /** The kinds of answer that it offers. */
  readonly offered: readonly string[];
  readonly profile: AgentProfile;
}

/** Decides about tool calls. One that throws or rejects refuses. */
export type AcpPermissionPolicy = (request: AcpPermissionRequest) => AcpDecision | Promise<AcpDecision>;

const readKinds: ReadonlySet<string> = new Set(["read", "search", "think"]);
const changeKinds: ReadonlySet<string> = new Set(["edit", "delete", "move"]);
const shellKinds: ReadonlySet<string> = new Set(["execute", "fetch"]);

/**
 * Allows what the agent's tools allow anyway: to read always, to change files with `edit` or `write`, to run commands and to fetch
 * with `bash`. Everything else is refused. Each call is asked for anew.
 */
export function allowedByTools({ kind, profile: { tools } }: AcpPermissionRequest): AcpDecision {
  const isAllowed =
    readKinds.has(kind) ||
    (changeKinds.has(kind) && (tools.includes("edit") || tools.includes("write"))) ||
    (shellKinds.has(kind) && tools.includes("bash"));
  return isAllowed ? "allow_once" : "reject_once";
}

/** What a decision is on the wire: the option of that kind, whatever its id. An agent that offers none gets `cancelled`. */
export function permissionOutcome(decision: AcpDecision, options: unknown): { readonly outcome: object } {
  const option = optionsIn(options).find(({ kind }) => kind === decision);
  return option === undefined
    ? { outcome: { outcome: "cancelled" } }
    : { outcome: { outcome: "selected", optionId: option["optionId"] } };
}

export function offeredKinds(options: unknown): readonly string[] {
  return optionsIn(options).flatMap(({ kind }) => (typeof kind === "string" ? [kind] : []));
}

function optionsIn(options: unknown): readonly Fields[] {
  return Array.isArray(options) ? options.filter((option) => isRecord(option) && "optionId" in option) : [];
}
