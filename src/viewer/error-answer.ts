import { adviceOn } from "../surfaces/advice.ts";
import { isRunfoldError, type ErrorCode } from "../index.ts";
import { HttpRefusal } from "./http-refusal.ts";
import type { ErrorAnswer } from "./protocol.ts";

/** The library and the command advise programs and people at a terminal; here the advice is for who looks at a page. */
const hints: Partial<Record<ErrorCode, string>> = {
  "run.unknown": "Go back to the list of runs.",
  "run.idInvalid": "Go back to the list of runs.",
  "run.cleaned": "Go back to the list of runs.",
  "step.unknown": "Choose one of the run's steps.",
  "journal.readOnly": "Make the database and its directory writable; looking works meanwhile.",
  "mailbox.full": "Try again a little later.",
  "artifact.unknown": "Its run may have been cleaned up, or have come from a file without it.",
};

/** Errors that the state of things makes, and that another request may not meet; all others of the library are about what was asked for. */
const statuses: Partial<Record<ErrorCode, number>> = {
  "run.unknown": 404,
  "run.cleaned": 404,
  "artifact.unknown": 404,
  "run.idInvalid": 404,
  "step.unknown": 404,
  "journal.busy": 503,
  "journal.closed": 503,
  "runtime.closed": 503,
  "journal.failed": 500,
  "journal.full": 500,
  "journal.corrupt": 500,
  "journal.newer": 500,
  "artifact.failed": 500,
  "artifact.tampered": 500,
  "invariant.broken": 500,
};

/** What went wrong, as a page is told it. */
export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof HttpRefusal) return error.answer;
  if (isRunfoldError(error) && error.code !== "invariant.broken") {
    const { said, advice } = adviceOn(error);
    return { code: error.code, message: `${said.replace(/\.$/, "")}.`, hint: hints[error.code] ?? advice };
  }
  // What it says is for whoever runs the server: it may name what the page has no business to know.
  const hint = "Look at what the server printed.";
  return { code: "viewer.failed", message: "Something went wrong in the viewer.", hint };
}

export function statusOf(error: unknown): number {
  if (error instanceof HttpRefusal) return error.status;
  return isRunfoldError(error) ? (statuses[error.code] ?? 400) : 500;
}

/** Whether whoever runs the server has to be told, because it is a bug or the medium fails. */
export function isForOperator(error: unknown): boolean {
  return statusOf(error) === 500;
}
