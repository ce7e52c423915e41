import { isRecord, type Fields } from "../../../domain/fields.ts";
import type { Failure } from "../../../domain/failure.ts";
import { quotedText, quotedValue } from "../../../domain/quoted-text.ts";
import { agentFailure } from "../agents/agent-failure.ts";
import { rpcFailure } from "./acp-failure.ts";
import type { JsonRpc, RpcError } from "./json-rpc.ts";
import { settingRequest, type Setting } from "./session-settings.ts";

export interface SessionOrder {
  readonly cwd: string;
  /** The id of the way to authenticate, where the agent needs that. */
  readonly authenticate: string | undefined;
  readonly settings: readonly Setting[];
  /** Told who the agent says it is. */
  readonly agentIs: (name: string) => void;
  /** Something that was asked for and that the agent does not offer. */
  readonly notOffered: (message: string) => void;
}

export type OpenedSession = { readonly sessionId: string } | { readonly failure: Failure };

const protocolVersion = 1;
const authenticationRequired = -32000;

/**
 * Agrees on the protocol, authenticates where that was asked for, opens a session and sets what was asked for and is offered. No
 * files or terminals are offered to the agent: it has its own, and some agents fail with those of a client.
 */
export async function openSession(rpc: JsonRpc, order: SessionOrder): Promise<OpenedSession> {
  const hello = await rpc.ask("initialize", {
    protocolVersion,
    clientCapabilities: { fs: { readTextFile: false, writeTextFile: false }, terminal: false },
    clientInfo: { name: "runfold", version: "0" },
  });
  if (hello.type !== "result") return { failure: rpcFailure("initialize", hello) };
  const agent = fieldsOf(hello.result);
  if (agent["protocolVersion"] !== protocolVersion) return { failure: wrongVersion(agent["protocolVersion"]) };
  const name = fieldsOf(agent["agentInfo"])["name"];
  if (typeof name === "string") order.agentIs(name);

  if (order.authenticate !== undefined) {
    const login = await rpc.ask("authenticate", { methodId: order.authenticate });
    if (login.type !== "result") return { failure: loginFailure("authenticate", login, agent) };
  }

  const opened = await rpc.ask("session/new", { cwd: order.cwd, mcpServers: [] });
  if (opened.type !== "result") return { failure: loginFailure("session/new", opened, agent) };
  const session = fieldsOf(opened.result);
  const sessionId = session["sessionId"];
  if (typeof sessionId !== "string" || sessionId === "") {
    return { failure: agentFailure("acp-session", "The agent opened a session without an id.") };
  }
  const failure = await applySettings(rpc, sessionId, session, order);
  return failure === undefined ? { sessionId } : { failure };
}

async function applySettings(
  rpc: JsonRpc,
  sessionId: string,
  session: Fields,
  { settings, notOffered }: SessionOrder,
): Promise<Failure | undefined> {
  for (const setting of settings) {
    const request = settingRequest(setting, session);
    if (request === "set") continue;
    if (request === undefined) {
      notOffered(
        `The agent does not offer the ${setting.what} ${quotedText(setting.value)}, and went on with its own.`,
      );
      continue;
    }
    const answer = await rpc.ask(request.method, { sessionId, ...request.params });
    if (answer.type !== "result") return rpcFailure(request.method, answer);
  }
  return undefined;
}

function loginFailure(method: string, answer: RpcError, agent: Fields): Failure {
  const failure = rpcFailure(method, answer);
  if (method !== "authenticate" && answer.code !== authenticationRequired) return failure;
  const offered = agent["authMethods"];
  const ids = Array.isArray(offered) ? offered.map((way: unknown) => quotedValue(fieldsOf(way)["id"])) : [];
  const ways = ids.length === 0 ? "none" : ids.slice(0, 10).join(", ");
  const message = `${failure.message} Ways to authenticate that it offers: ${ways}.`;
  return agentFailure("acp-authentication", message, { final: true });
}

function wrongVersion(version: unknown): Failure {
  const message = `The agent speaks version ${quotedValue(version)} of the Agent Client Protocol, not ${protocolVersion}.`;
  return agentFailure("acp-protocol-version", message, { final: true });
}

function fieldsOf(value: unknown): Fields {
  return isRecord(value) ? value : {};
}
