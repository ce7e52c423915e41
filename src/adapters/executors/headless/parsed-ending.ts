import { exitText } from "../../../domain/exit-text.ts";
import { limits } from "../../../domain/limits.ts";
import type { Account } from "./account.ts";
import type { ParsedEnding, ParsedFailure, ProgramExit } from "./line-parser.ts";

/**
 * Judges an end: the words of the program decide, and its exit is the second witness. Exit codes alone say little: some programs
 * leave with 0 after an error, or when they are killed.
 */
export function endingOf(program: string, account: Account, exit: ProgramExit): ParsedEnding {
  const text = account.text.toString();
  const usage = account.usage === undefined ? {} : { usage: account.usage };
  if (exit.wasStopped) return { type: "stopped", text, ...usage };
  const failure = failureOf(program, account, exit, text);
  return failure === undefined ? { type: "succeeded", text, ...usage } : { type: "failed", failure, text, ...usage };
}

function failureOf(program: string, account: Account, exit: ProgramExit, text: string): ParsedFailure | undefined {
  const { verdict, complaint } = account;
  if (verdict?.type === "failed") return verdict.failure;
  if (verdict === undefined) {
    const why = complaint === undefined ? "" : ` Its last complaint: ${complaint}`;
    return agent("agent-exited", `${program} ${exitText(exit)} without saying that it was done.${why}`);
  }
  if (exit.code !== 0) return agent("agent-exit", `${program} said that it was done, but ${exitText(exit)}.`);
  if (account.text.isCut) {
    const message = `The answer of ${program} has more than ${limits.headlessAnswerCharsMax} characters.`;
    return agent("step-output-budget-exceeded", message);
  }
  return text.trim() === "" ? agent("assistant-final-empty", `${program} ended without an answer.`) : undefined;
}

function agent(code: ParsedFailure["code"], message: string): ParsedFailure {
  return { kind: "agent", code, message };
}
