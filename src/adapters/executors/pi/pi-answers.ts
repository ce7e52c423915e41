import type { Fields } from "../../../domain/fields.ts";
import { limits } from "../../../domain/limits.ts";
import type { Usage } from "../../../domain/usage.ts";
import { addUsage } from "../../../domain/usage.ts";
import type { Attempt } from "../../../ports/executor.ts";
import { PiLiveText } from "./pi-live-text.ts";
import { isOverflow } from "./pi-overflow.ts";
import type { StopNote } from "./pi-records.ts";
import { contentText, fieldsOf, lastAssistant, listOf, stopNoteOf } from "./pi-records.ts";
import { TerminatingTools } from "./pi-terminating-tools.ts";
import { usageOf } from "./pi-usage.ts";

const unsaid: StopNote = { reason: undefined, error: undefined };

/** What the agent has answered so far, and how it said that it ended. */
export class PiAnswers {
  /** Final answers in order, none blank. */
  finals: string[] = [];
  usage: Usage | undefined;
  /** How the last assistant message ended. Only another assistant message changes it: those of users and tools say nothing of it. */
  messageStop: StopNote = unsaid;
  /** How the agent's last run said that it ended. */
  runStop: StopNote = unsaid;
  /** The error by which the context was found to be too long; set until the conversation is over. */
  overflow: string | undefined;
  /** Answers that are asked for only so that pi goes on are no answers of the step. */
  isAnswering = true;
  private nonFinal = "";
  private finalBytes = 0;
  private readonly live: PiLiveText;
  private readonly tools = new TerminatingTools();

  constructor(attempt: Attempt) {
    this.live = new PiLiveText(attempt);
  }

  /** The newest text that is no final answer. */
  get lastText(): string {
    const writing = this.live.text;
    return writing.trim() === "" ? this.nonFinal : writing;
  }

  /** Takes a record. Returns what is wrong where the agent has written more than it may. */
  hear(record: Fields): string | undefined {
    switch (record["type"]) {
      case "agent_start":
        this.runStop = unsaid;
        return undefined;
      case "message_start":
        if (fieldsOf(record, "message")["role"] === "assistant") this.live.begin();
        return undefined;
      case "message_update":
        this.live.update(record);
        return this.finalBytes + this.live.byteLength > limits.agentOutputBytesMax ? this.tooMuch() : undefined;
      case "message_end":
        return this.endMessage(fieldsOf(record, "message"));
      case "tool_execution_end":
        this.tools.hear(record);
        return undefined;
      case "agent_end":
        return this.endRun(record);
      case "compaction_start":
      case "auto_compaction_start":
        if (record["reason"] === "overflow") this.forget(this.overflow ?? "the context was too long for the model");
        return undefined;
      default:
        return undefined;
    }
  }

  private endMessage(message: Fields): string | undefined {
    if (message["role"] !== "assistant") return undefined;
    const usage = usageOf(message);
    this.usage = this.usage === undefined ? usage : addUsage(this.usage, usage);
    const stop = stopNoteOf(message);
    this.tools.begin();
    const text = contentText(message) || this.live.text;
    this.live.end(text);
    if (isOverflow(stop.error) && stop.reason !== "stop") {
      this.forget(stop.error);
      return undefined;
    }
    this.messageStop = stop;
    if (text.trim() === "") return undefined;
    if ((stop.reason ?? "stop") === "stop" && stop.error === undefined) return this.addFinal(text);
    this.nonFinal = text;
    return undefined;
  }

  private addFinal(text: string): string | undefined {
    this.nonFinal = "";
    if (!this.isAnswering) return undefined;
    this.finalBytes += Buffer.byteLength(text);
    if (this.finalBytes > limits.agentOutputBytesMax) {
      this.nonFinal = text;
      return this.tooMuch();
    }
    if (this.finals.length === limits.agentFinalsMax) {
      this.nonFinal = text;
      return `The agent gave more than ${limits.agentFinalsMax} final answers.`;
    }
    this.finals.push(text);
    return undefined;
  }

  private tooMuch(): string {
    return `The agent wrote more than ${limits.agentOutputBytesMax} bytes.`;
  }

  private endRun(record: Fields): string | undefined {
    const own = stopNoteOf(record);
    const last = lastAssistant(listOf(record, "messages"));
    const nested = last === undefined ? unsaid : stopNoteOf(last);
    const says = own.reason === undefined && own.error === undefined ? nested : own;
    const isFailure = says.error !== undefined && (says.reason ?? "stop") === "stop";
    this.runStop = isFailure ? { ...says, reason: "error" } : says;
    if (this.runStop.reason !== "stop" && isOverflow(this.runStop.error)) {
      this.forget(this.runStop.error);
      return undefined;
    }
    // Tools that end the run are its answer: the message that called them is the last one, and all went well.
    const result = this.messageStop.reason === "tooluse" ? this.tools.result : undefined;
    if (result === undefined) return undefined;
    this.messageStop = { reason: "stop", error: undefined };
    this.runStop = this.messageStop;
    return result.trim() === "" ? undefined : this.addFinal(result);
  }

  /** The context was too long: pi shortens it and answers anew, and nothing that was said before counts. */
  private forget(overflow: string | undefined): void {
    this.overflow = overflow;
    this.finals = [];
    this.finalBytes = 0;
    this.nonFinal = "";
    this.messageStop = unsaid;
    this.runStop = unsaid;
    this.live.end("");
  }
}
