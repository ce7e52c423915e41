import type { Failure } from "../../../domain/failure.ts";
import type { Usage } from "../../../domain/usage.ts";
import type { ToolReport } from "../../../ports/executor.ts";

/** Reads what an agent program that runs once writes to stdout, one line after another, and says in the end what came of it. */
export interface LineParser {
  /** Takes a line without its line break. Never throws, whatever is in it. */
  line(text: string): void;
  /** Notes a line that was too long to be read. */
  unreadLine(bytes: number): void;
  /** What came of it. Call it once, when no more lines come and the program has ended. */
  end(exit: ProgramExit): ParsedEnding;
}

/** Where a parser tells what happens while it happens. */
export interface ParserSink {
  /** Text of the agent, as it is written. */
  text(stream: string, delta: string): void;
  tool(call: ToolReport): void;
  diagnostic(code: string, severity: "info" | "warning" | "error", message: string): void;
}

export interface ProgramExit {
  /** Null where a signal ended it, or where nobody knows. */
  readonly code: number | null;
  readonly signal: string | null;
  /** Whether it ended because it was told to. Then nothing that it says or exits with is a success or a failure of its own. */
  readonly wasStopped: boolean;
}

/** What came of a program: by its own words first, with its exit code as the second witness. */
export type ParsedEnding =
  | { readonly type: "succeeded"; readonly text: string; readonly usage?: Usage }
  | {
      readonly type: "failed";
      readonly failure: ParsedFailure;
      /** The newest text of the agent: its answer where it gave one, else what it was saying. May be empty. */
      readonly text: string;
      readonly usage?: Usage;
    }
  | { readonly type: "stopped"; readonly text: string; readonly usage?: Usage };

export interface ParsedFailure extends Pick<Failure, "message"> {
  readonly kind: "agent" | "truncated";
  readonly code: ParsedFailureCode;
}

/**
 * - `assistant-error`: the program says that it failed
 * - `assistant-stop`: its model stopped for a reason that is no success: its limit, too many turns, a refusal
 * - `assistant-final-empty`: it says that it is done, and there is no answer
 * - `step-output-budget-exceeded`: its answer is above the limit
 * - `agent-exited`: it ended without saying what came of it
 * - `agent-exit`: it says that it is done, and its exit says otherwise
 */
export type ParsedFailureCode =
  | "assistant-error"
  | "assistant-stop"
  | "assistant-final-empty"
  | "step-output-budget-exceeded"
  | "agent-exited"
  | "agent-exit";
