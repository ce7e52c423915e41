import { cutText } from "../../../domain/cut-text.ts";
import { exitText } from "../../../domain/exit-text.ts";
import type { Fields } from "../../../domain/fields.ts";
import type { Failure } from "../../../domain/failure.ts";
import { limits } from "../../../domain/limits.ts";
import type { StopRequest } from "../../../ports/executor.ts";
import { agentFailure, exitSeen, goneFailure, stoppedFailure } from "../agents/agent-failure.ts";
import type { AgentEnding, AgentOrder } from "../agents/agent-program.ts";
import type { RecordChild } from "../processes/agent-child.ts";
import { PiAnswers } from "./pi-answers.ts";
import { carryOn, nudge } from "./pi-carry-on.ts";
import { PiCommands } from "./pi-commands.ts";
import type { PiDialogPolicy } from "./pi-dialogs.ts";
import { PiDialogs } from "./pi-dialogs.ts";
import { PiEnd } from "./pi-end.ts";
import { PiMessages } from "./pi-messages.ts";
import { modelProblem } from "./pi-model.ts";
import { failed, outcomeOf, unrecovered } from "./pi-outcome.ts";
import { contentText, fieldsOf, textField } from "./pi-records.ts";
import { reportTool } from "./pi-tools.ts";

export interface ConversationOptions {
  readonly dialogs: PiDialogPolicy;
  /** The model that was asked for. */
  readonly model: string | undefined;
}

/** Talks with one pi about one task, until the outcome is known. Never rejects. */
export function converseWithPi(
  child: RecordChild,
  order: AgentOrder,
  options: ConversationOptions,
): Promise<AgentEnding> {
  return new Promise((resolve) => new PiConversation(child, order, options, resolve).begin());
}

class PiConversation {
  private readonly child: RecordChild;
  private readonly order: AgentOrder;
  private readonly resolve: (ending: AgentEnding) => void;
  private readonly model: string | undefined;
  private readonly answers: PiAnswers;
  private readonly commands: PiCommands;
  private readonly dialogs: PiDialogs;
  private readonly messages: PiMessages;
  private readonly end: PiEnd;
  /** Settles when pi has said whether it took the prompt, or its time to do so has passed. */
  private prompted: Promise<void> | undefined;
  /** Whether a run can be this one's: what an extension does before is its own affair. */
  private hasPrompted = false;
  private stopping: StopRequest | undefined;
  private isFinished = false;

  constructor(
    child: RecordChild,
    order: AgentOrder,
    { dialogs, model }: ConversationOptions,
    resolve: (ending: AgentEnding) => void,
  ) {
    const { attempt, clock } = order;
    this.child = child;
    this.order = order;
    this.resolve = resolve;
    this.model = model;
    this.answers = new PiAnswers(attempt);
    this.commands = new PiCommands(child, clock);
    this.dialogs = new PiDialogs(child, attempt, dialogs, (message) =>
      this.fail(agentFailure("ui-request-denied", message)),
    );
    this.messages = new PiMessages(attempt, this.commands);
    this.end = new PiEnd(this.commands, clock, () => void this.over());
  }

  begin(): void {
    this.messages.listen();
    this.child.onRecord((record) => this.hear(record));
    void this.closed();
    this.order.attempt.stop.onRequest((request) => this.stop(request));
    if (!this.isFinished) void this.start();
  }

  private hear(record: Fields): void {
    if (this.isFinished) return;
    switch (record["type"]) {
      case "response":
        this.commands.hear(record);
        return;
      case "extension_ui_request":
        this.dialogs.hear(record);
        return;
      case "extension_error":
        this.diagnose(
          "agent-extension-error",
          `An extension failed: ${textField(record, "error") ?? "without a reason"}`,
        );
        return;
      default:
        this.hearEvent(record);
    }
  }

  private hearEvent(record: Fields): void {
    if (!this.hasPrompted) return;
    if (record["type"] === "message_start") {
      const message = fieldsOf(record, "message");
      if (message["role"] === "user" && contentText(message) !== nudge) this.answers.isAnswering = true;
    }
    const problem = this.answers.hear(record);
    reportTool(record, this.order.attempt);
    this.messages.hear(record);
    if (problem === undefined) this.end.hear(record);
    else this.fail(agentFailure("step-output-budget-exceeded", problem));
  }

  /** pi says nothing by itself when it is ready: it is asked for its state. */
  private async start(): Promise<void> {
    const state = await this.commands.ask({ type: "get_state" }, { windowMs: limits.agentStartMs });
    if (this.isFinished) return;
    if (state.type === "unanswered") {
      this.fail(
        agentFailure("agent-start-timeout", `pi did not answer within ${limits.agentStartMs} ms of its start.`),
      );
      return;
    }
    if (state.type === "unsent" || state.type === "cutOff") return;
    if (state.type === "done" && this.model !== undefined) {
      const problem = modelProblem(state.data, this.child.stderrTail, this.model);
      if (problem !== undefined) this.diagnose("agent-model", problem);
    }
    this.hasPrompted = true;
    this.prompted = this.prompt();
    await this.prompted;
  }

  private async prompt(): Promise<void> {
    // A text that begins with a slash would be a command of pi or of an extension.
    const task = this.order.task.startsWith("/") ? `\n${this.order.task}` : this.order.task;
    const answer = await this.commands.ask({ type: "prompt", message: task }, { windowMs: limits.agentAckMs });
    if (this.isFinished) return;
    if (answer.type === "refused") this.fail(agentFailure("prompt-refused", `pi refused the prompt: ${answer.error}`));
    else if (answer.type === "done" && answer.data["disposition"] === "handled") this.finish(outcomeOf(this.answers));
    else if (answer.type === "done" || this.end.hasBegun) this.messages.open();
    else if (answer.type === "unanswered") {
      this.fail(agentFailure("agent-ack-timeout", `pi did not take the prompt within ${limits.agentAckMs} ms.`));
    }
  }

  /** The agent is done, unless a message crossed its end. */
  private async over(): Promise<void> {
    await this.prompted;
    await this.messages.answered();
    // A run that began meanwhile comes to an end of its own.
    if (this.isFinished || !this.end.isOver) return;
    if (this.stopping !== undefined) {
      this.finish(this.stopped(this.stopping));
      return;
    }
    const { unread } = this.messages;
    if (unread.length > 0) {
      const next = await carryOn(unread, this.commands, this.end, this.answers);
      if (this.isFinished || next === "running") return;
      this.answers.isAnswering = true;
      for (const entry of unread) entry.wasPrompted = true;
      if (next !== "read") {
        this.diagnose("agent-message-unread", `The agent ended before it was given a message: ${next.problem}`);
      }
      // Others may have come while pi was asked.
      void this.over();
      return;
    }
    this.finish(outcomeOf(this.answers));
  }

  private stop(request: StopRequest): void {
    if (this.isFinished) return;
    if (request.force || this.prompted === undefined) {
      this.messages.lose("The step was stopped by force; whether the agent was given the message is unknown.");
      this.finish(this.stopped(request));
      return;
    }
    if (this.stopping !== undefined) return;
    this.stopping = request;
    this.messages.close("The step is being stopped.");
    this.messages.clearing();
    void this.abort(request);
    this.dialogs.cancelAll();
  }

  /** What is queued would be handled after the abort, so it goes first. pi answers an abort when it is idle. */
  private async abort(request: StopRequest): Promise<void> {
    void this.commands.ask({ type: "clear_queue" });
    const answer = await this.commands.ask({ type: "abort" });
    if (answer.type === "done") this.finish(this.stopped(request));
  }

  /** What pi had done before it heard of the request counts; of a run that was cut off there is only what it left. */
  private stopped(request: StopRequest): AgentEnding {
    const ending = this.end.wasEnding ? outcomeOf(this.answers) : undefined;
    return ending?.type === "succeeded" ? ending : failed(this.answers, stoppedFailure(request));
  }

  /** Nothing more comes from pi: it has ended, or cannot be understood. */
  private async closed(): Promise<void> {
    const how = await this.child.closed;
    if (this.isFinished) return;
    if (this.stopping !== undefined) {
      this.finish(this.stopped(this.stopping));
      return;
    }
    const { clock } = this.order;
    if (how.type === "broken" || !this.end.wasEnding) {
      const gone = await goneFailure(this.child, how, clock, "said that the agent was done (no agent_end)");
      const { overflow } = this.answers;
      const why = how.type === "broken" || overflow === undefined ? gone : unrecovered(overflow);
      if (this.isFinished) return;
      if (how.type === "broken") this.fail(why);
      // All that it said was heard: what the agent was not given by then, it never was.
      else this.finish(failed(this.answers, why));
      return;
    }
    await exitSeen(this.child, clock);
    if (this.isFinished) return;
    if (this.messages.unread.length > 0)
      this.diagnose("agent-message-unread", "pi was gone before a message was handled.");
    const { exit } = this.child;
    if (exit?.code !== 0) {
      const left = exit === undefined ? "closed its output" : exitText(exit);
      this.diagnose("agent-exit", `pi ${left} when the agent was done, before it had settled.`);
    }
    this.finish(outcomeOf(this.answers));
  }

  private diagnose(code: string, message: string): void {
    this.order.attempt.diagnostic(code, "warning", cutText(message, limits.failureMessageCharsMax));
  }

  /** The conversation fails in the middle; pi may have said more that was not heard. */
  private fail(why: Failure): void {
    if (this.isFinished) return;
    this.messages.lose("The conversation broke off; whether the agent was given the message is unknown.");
    this.finish(failed(this.answers, why));
  }

  private finish(ending: AgentEnding): void {
    if (this.isFinished) return;
    this.isFinished = true;
    this.end.close();
    this.messages.close("The agent is done.");
    this.commands.close();
    this.resolve(ending);
  }
}
