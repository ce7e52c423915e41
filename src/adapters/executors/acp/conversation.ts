import { isRecord, type Fields } from "../../../domain/fields.ts";
import type { Failure } from "../../../domain/failure.ts";
import { limits } from "../../../domain/limits.ts";
import { quotedText, quotedValue } from "../../../domain/quoted-text.ts";
import type { Timer } from "../../../ports/clock.ts";
import type { StopRequest } from "../../../ports/executor.ts";
import { agentFailure, goneFailure, stoppedFailure } from "../agents/agent-failure.ts";
import type { AgentEnding, AgentOrder } from "../agents/agent-program.ts";
import { messageEnvelope } from "../agents/message-envelope.ts";
import type { RecordChild, RecordsEnd } from "../processes/agent-child.ts";
import { rpcFailure } from "./acp-failure.ts";
import { AcpUsage } from "./acp-usage.ts";
import { FollowUps } from "./follow-ups.ts";
import { JsonRpc, type RpcAnswer } from "./json-rpc.ts";
import { openSession } from "./open-session.ts";
import { PermissionDesk } from "./permission-desk.ts";
import type { AcpPermissionPolicy } from "./permission-policy.ts";
import { firstPrompt, textBlock } from "./prompt-blocks.ts";
import { RareDiagnostics } from "./rare-diagnostics.ts";
import type { Setting } from "./session-settings.ts";
import { ToolCalls } from "./tool-calls.ts";
import { stopReasonFailure } from "./stop-reasons.ts";
import { TurnText } from "./turn-text.ts";

export interface ConversationOptions {
  readonly authenticate: string | undefined;
  readonly mode: string | undefined;
  readonly permissions: AcpPermissionPolicy;
}

/** Talks with one started agent until its work is over. */
export function converseAcp(child: RecordChild, order: AgentOrder, options: ConversationOptions): Promise<AgentEnding> {
  return new Conversation(child, order, options.permissions).run(options);
}

/** Signs that the model is at work on the newest prompt. */
const workUpdates: ReadonlySet<unknown> = new Set([
  "agent_message_chunk",
  "agent_thought_chunk",
  "tool_call",
  "tool_call_update",
  "plan",
]);

class Conversation {
  readonly #child: RecordChild;
  readonly #order: AgentOrder;
  readonly #rpc: JsonRpc;
  readonly #text: TurnText;
  readonly #tools: ToolCalls;
  readonly #desk: PermissionDesk;
  readonly #diagnostics: RareDiagnostics;
  readonly #usage = new AcpUsage();
  readonly #followUps = new FollowUps();
  readonly #finals: string[] = [];
  #resolve: ((ending: AgentEnding) => void) | undefined;
  #finalBytes = 0;
  #sessionId: string | undefined;
  #waitsFor = "initialize";
  #stop: StopRequest | undefined;
  #startTimer: Timer | undefined;
  #isOver = false;

  constructor(child: RecordChild, order: AgentOrder, policy: AcpPermissionPolicy) {
    const { attempt, profile } = order;
    this.#child = child;
    this.#order = order;
    this.#diagnostics = new RareDiagnostics(attempt);
    this.#text = new TurnText((stream, text) => attempt.text(stream, text));
    this.#tools = new ToolCalls((call) => attempt.tool(call));
    this.#desk = new PermissionDesk({
      policy,
      profile,
      tools: this.#tools,
      diagnostic: (code, severity, message) => this.#diagnostics.tell(code, severity, message),
    });
    this.#rpc = new JsonRpc(child, {
      request: (method, params, respond) => this.#asked(method, params, respond),
      notification: (method, params) => {
        if (method === "session/update") this.#updated(params);
      },
      stray: (what) => this.#diagnostics.tell("acp-stray-record", "warning", `The agent wrote ${what}.`),
      unsent: () => void this.#closed({ type: "ended" }),
    });
  }

  /** Talks until it is over; never rejects. Called once. */
  run(options: ConversationOptions): Promise<AgentEnding> {
    const { attempt } = this.#order;
    return new Promise((resolve) => {
      this.#resolve = resolve;
      this.#rpc.listen();
      const closed = (end: RecordsEnd): Promise<void> => this.#closed(end);
      void this.#child.closed.then(closed);
      attempt.onMessage((message) => this.#followUps.take(message));
      attempt.stop.onRequest((request) => this.#stopped(request));
      if (!this.#isOver) void this.#begin(options);
    });
  }

  async #begin({ authenticate, mode }: ConversationOptions): Promise<void> {
    const { clock, cwd, profile, systemPrompt, task } = this.#order;
    this.#startTimer = clock.setTimer(clock.now() + limits.agentStartMs, () => {
      const seconds = limits.agentStartMs / 1_000;
      this.#fail(agentFailure("agent-start-timeout", `The agent was not ready for its task after ${seconds} seconds.`));
    });
    const opened = await openSession(this.#rpc, {
      cwd,
      authenticate,
      settings: settingsOf([
        ["mode", mode],
        ["model", profile.model],
        ["thinking", profile.thinking],
      ]),
      agentIs: (name) => this.#text.agentIs(name),
      notOffered: (message) => this.#diagnostics.tell("acp-not-offered", "warning", message),
    });
    this.#startTimer.cancel();
    if ("failure" in opened) return this.#fail(opened.failure);
    this.#sessionId = opened.sessionId;
    if (!this.#isOver) this.#prompt(firstPrompt(systemPrompt, task));
  }

  #prompt(prompt: readonly object[]): void {
    this.#waitsFor = "session/prompt";
    this.#text.beginTurn();
    const params = { sessionId: this.#sessionId, prompt };
    this.#rpc.request("session/prompt", params, (answer) => this.#turnOver(answer));
  }

  #asked(method: string, params: Fields, respond: (result: object) => void): boolean {
    if (method !== "session/request_permission") {
      const said = `The agent asked for ${quotedText(method)}, which it was not offered.`;
      this.#diagnostics.tell("acp-method-refused", "info", said);
      return false;
    }
    if (!this.#isOver && isRecord(params["toolCall"])) this.#toolUpdated(params["toolCall"]);
    this.#followUps.agentIsAtWork();
    void this.#desk.request(params, respond);
    return true;
  }

  #updated({ sessionId, update }: Fields): void {
    // An agent may have sessions beside this one, for agents of its own.
    if (this.#isOver || !isRecord(update) || sessionId === undefined || sessionId !== this.#sessionId) return;
    const kind = update["sessionUpdate"];
    if (workUpdates.has(kind)) this.#followUps.agentIsAtWork();
    if (kind === "agent_message_chunk") this.#said(update);
    else if (kind === "tool_call" || kind === "tool_call_update") this.#toolUpdated(update);
    else if (kind === "usage_update") this.#usage.contextUpdate(update);
  }

  #said({ content, messageId }: Fields): void {
    if (!isRecord(content) || content["type"] !== "text" || typeof content["text"] !== "string") {
      const type = quotedValue(isRecord(content) ? content["type"] : content);
      this.#diagnostics.tell(
        "acp-content",
        "warning",
        `A part of what the agent said is not kept: it is of type ${type}.`,
      );
      return;
    }
    const id = typeof messageId === "string" ? messageId : undefined;
    if (!this.#text.add({ text: content["text"], messageId: id })) this.#tooLong();
  }

  #toolUpdated(update: Fields): void {
    const change = this.#tools.update(update);
    if (change === "started") this.#text.toolStarted();
    else if (change === "ended") this.#text.toolEnded();
  }

  #turnOver(answer: RpcAnswer): void {
    if (this.#isOver) return;
    this.#tools.endTurn();
    const result = answer.type === "result" && isRecord(answer.result) ? answer.result : {};
    this.#usage.turnResult(result);
    const stopped = this.#stop === undefined ? undefined : stoppedFailure(this.#stop);
    if (answer.type !== "result") {
      const failure = rpcFailure("session/prompt", answer);
      this.#followUps.refused(failure.message);
      return this.#fail(stopped ?? failure);
    }
    this.#followUps.agentIsAtWork();
    const { final, notices } = this.#text;
    const failure = stopReasonFailure(result["stopReason"], final, notices);
    // An agent that was told to stop says that it did. One that says that it is done was done before it heard of it.
    if (failure !== undefined) return this.#fail(stopped ?? failure);
    this.#finalBytes += Buffer.byteLength(final);
    if (this.#finalBytes > limits.agentOutputBytesMax) return this.#tooLong();
    this.#finals.push(final);
    this.#text.beginTurn();
    const message = this.#followUps.next();
    if (message === undefined) this.#finish({ type: "succeeded", finals: this.#finals, ...this.#used() });
    else this.#prompt([textBlock(messageEnvelope(message.channel, message.text))]);
  }

  #stopped(request: StopRequest): void {
    if (this.#isOver) return;
    const isFirst = this.#stop === undefined;
    this.#stop = request;
    // Before there is a prompt, or where there is no time, there is nothing to wait for.
    if (request.force || this.#waitsFor !== "session/prompt") return this.#fail(stoppedFailure(request));
    if (!isFirst) return;
    this.#rpc.notify("session/cancel", { sessionId: this.#sessionId });
    this.#desk.close();
    this.#followUps.close("The step is being stopped.");
  }

  async #closed(end: RecordsEnd): Promise<void> {
    if (this.#isOver) return;
    if (this.#stop !== undefined) return this.#fail(stoppedFailure(this.#stop));
    this.#fail(await goneFailure(this.#child, end, this.#order.clock, `answered ${this.#waitsFor}`));
  }

  #tooLong(): void {
    if (this.#sessionId !== undefined) this.#rpc.notify("session/cancel", { sessionId: this.#sessionId });
    const size = `${limits.agentOutputBytesMax / (1024 * 1024)} MiB`;
    this.#fail(agentFailure("step-output-budget-exceeded", `The agent's answer is larger than ${size}.`));
  }

  #fail(failure: Failure): void {
    const { lastText, notices } = this.#text;
    this.#finish({
      type: "failed",
      failure,
      finals: this.#finals,
      lastText: lastText === "" ? notices : lastText,
      ...this.#used(),
    });
  }

  #finish(ending: AgentEnding): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#desk.close();
    this.#tools.endTurn();
    this.#followUps.close(ending.type === "succeeded" ? "The agent is done." : ending.failure.message);
    this.#startTimer?.cancel();
    this.#resolve?.(ending);
  }

  #used(): Pick<AgentEnding, "usage"> {
    const usage = this.#usage.total;
    return usage === undefined ? {} : { usage };
  }
}

function settingsOf(asked: readonly (readonly [Setting["what"], string | undefined])[]): readonly Setting[] {
  return asked.flatMap(([what, value]) => (value === undefined ? [] : [{ what, value }]));
}
