import type { Failure } from "../../../domain/failure.ts";
import { limits } from "../../../domain/limits.ts";
import type { StopRequest } from "../../../ports/executor.ts";
import type { RecordChild, RecordsEnd } from "../processes/agent-child.ts";
import type { RpcError } from "./json-rpc.ts";

type Rest = Partial<Pick<Failure, "kind" | "final" | "exitCode" | "signal">>;

export function agentFailure(code: string, message: string, rest: Rest = {}): Failure {
  return { kind: "agent", code, message: cut(message, limits.failureMessageCharsMax), ...rest };
}

export function rpcFailure(method: string, { message, code }: RpcError): Failure {
  return agentFailure("acp-error", `The agent answered ${method} with an error: ${message} (${code})`);
}

/** It was told to stop, and this is what there is. */
export function stoppedFailure({ cause }: StopRequest): Failure {
  const kind = cause === "timedOut" ? "timedOut" : "aborted";
  const why = cause === "timedOut" ? "passed its deadline and was told to stop" : `was told to stop (${cause})`;
  return { kind, code: "cancelled", message: `The agent ${why}.` };
}

/** No more records come, though the agent has not answered. */
export function closedFailure(end: RecordsEnd, child: RecordChild, waitedFor: string): Failure {
  if (end.type === "broken") return agentFailure(end.code, `What the agent wrote cannot be read: ${end.message}`);
  const { exit } = child;
  const how =
    exit === undefined
      ? "closed its input or output"
      : exit.signal === null
        ? `exited with code ${exit.code}`
        : `was ended by ${exit.signal}`;
  const said = child.stderrTail.trim();
  const message = `The agent's program ${how} before it answered ${waitedFor}.`;
  const room = limits.failureMessageCharsMax - message.length - 2;
  return agentFailure("process-exit", said === "" ? message : `${message}\n${fromEnd(said, room)}`, {
    ...(typeof exit?.code === "number" ? { exitCode: exit.code } : {}),
    ...(typeof exit?.signal === "string" ? { signal: exit.signal } : {}),
  });
}

function fromEnd(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `…${text.slice(1 - charsMax)}`;
}

function cut(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${text.slice(0, charsMax - 1)}…`;
}
