import { isRecord, type Fields } from "../../../domain/fields.ts";
import { quotedText } from "../../../domain/quoted-text.ts";
import type { AgentProfile } from "../agents/agent-program.ts";
import { offeredKinds, permissionOutcome, type AcpDecision, type AcpPermissionPolicy } from "./permission-policy.ts";
import type { ToolCalls } from "./tool-calls.ts";

export interface DeskOrder {
  readonly policy: AcpPermissionPolicy;
  readonly profile: AgentProfile;
  readonly tools: ToolCalls;
  readonly diagnostic: (code: string, severity: "warning" | "error", message: string) => void;
}

interface OpenRequest {
  readonly id: string;
  readonly answer: (decision: AcpDecision) => void;
}

/** Where an agent asks for permission. Every request is answered once, by the policy or because the desk closed. */
export class PermissionDesk {
  readonly #order: DeskOrder;
  readonly #open = new Set<OpenRequest>();
  #isClosed = false;

  constructor(order: DeskOrder) {
    this.#order = order;
  }

  /** The tool call that the request is about must be known to `tools` already. */
  async request(params: Fields, respond: (outcome: object) => void): Promise<void> {
    const { profile, tools } = this.#order;
    const toolCall = isRecord(params["toolCall"]) ? params["toolCall"] : {};
    const id = typeof toolCall["toolCallId"] === "string" ? toolCall["toolCallId"] : "";
    const offered = offeredKinds(params["options"]);
    const open: OpenRequest = {
      id,
      answer: (decision) => {
        if (!this.#open.delete(open)) return;
        // Where the agent does not offer what was decided, nothing of what it offers may be taken instead.
        const answered = offered.includes(decision) ? decision : "cancelled";
        respond(permissionOutcome(answered, params["options"]));
        this.#tell(id, decision, answered);
      },
    };
    this.#open.add(open);
    if (this.#isClosed) return open.answer("cancelled");
    const request = { toolCallId: id, ...tools.about(id), rawInput: toolCall["rawInput"], offered, profile };
    open.answer(await this.#decide(request));
  }

  /** Answers all that is open, and whatever is still asked, with `cancelled`. */
  close(): void {
    this.#isClosed = true;
    for (const open of this.#open) open.answer("cancelled");
  }

  async #decide(request: Parameters<AcpPermissionPolicy>[0]): Promise<AcpDecision> {
    try {
      return await this.#order.policy(request);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#order.diagnostic("acp-permission-policy", "error", `The permission policy failed and so refuses: ${why}`);
      return "reject_once";
    }
  }

  #tell(id: string, decision: AcpDecision, answered: AcpDecision): void {
    const { tools, diagnostic } = this.#order;
    tools.decided(id, answered);
    if (answered.startsWith("allow") || this.#isClosed) return;
    const { kind, title } = tools.about(id);
    const how = answered === decision ? answered : `${answered}, because it does not offer ${decision}`;
    diagnostic("acp-permission", "warning", `The agent was not allowed ${quotedText(title)} (${kind}): ${how}.`);
  }
}
