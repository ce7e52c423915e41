import { addUsage, type Usage } from "../../../domain/usage.ts";
import { AnswerText } from "./answer-text.ts";
import type { ParsedFailure, ParserSink } from "./line-parser.ts";

/** What a program has said about its own end. */
export type Verdict = { readonly type: "done" } | { readonly type: "failed"; readonly failure: ParsedFailure };

/** What a parser has learned so far. */
export class Account {
  /** Undefined while the program has not said that it is at an end, and again when it goes on. */
  verdict: Verdict | undefined;
  /** The newest complaint that was not the end; it says most where the program then just dies. */
  complaint: string | undefined;
  /** The answer where the verdict is that it is done, else the newest text. */
  readonly text = new AnswerText();
  private readonly sink: Pick<ParserSink, "text">;
  private spent: Usage | undefined;
  private messages = 0;
  private isAtStart = true;

  /** `sink` hears the text as it comes, each message of the agent as a stream of its own: `assistant-1` and so on. */
  constructor(sink: Pick<ParserSink, "text">) {
    this.sink = sink;
  }

  /** The agent begins another message; what it said before is no answer. */
  begin(): void {
    this.text.clear();
    this.isAtStart = true;
  }

  /** The agent says more of its message. */
  say(piece: string): void {
    if (piece === "") return;
    if (this.isAtStart) this.messages += 1;
    this.isAtStart = false;
    this.text.add(piece);
    this.sink.text(`assistant-${this.messages}`, piece);
  }

  get usage(): Usage | undefined {
    return this.spent;
  }

  spend(usage: Usage): void {
    this.spent = this.spent === undefined ? usage : addUsage(this.spent, usage);
  }

  done(): void {
    this.verdict = { type: "done" };
  }

  failed(code: ParsedFailure["code"], message: string): void {
    this.verdict = { type: "failed", failure: { kind: "agent", code, message } };
  }

  /** The model's answer was cut off at its limit. */
  truncated(message: string): void {
    this.verdict = { type: "failed", failure: { kind: "truncated", code: "assistant-stop", message } };
  }
}
