import type { Failure } from "../../../domain/failure.ts";
import { agentFailure } from "../agents/agent-failure.ts";
import type { RpcError } from "./json-rpc.ts";

/** The agent answered a request with an error. */
export function rpcFailure(method: string, { message, code }: RpcError): Failure {
  return agentFailure("acp-error", `The agent answered ${method} with an error: ${message} (${code})`);
}
