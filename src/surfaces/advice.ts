import { isRunfoldError, type RunfoldError } from "../domain/errors.ts";
import type { ErrorCode } from "../index.ts";

/** An error of the library in two parts: what was refused, without a full stop, and what can be done about it here. */
export interface Advice {
  readonly said: string;
  readonly advice: string;
}

type Facts = RunfoldError["details"];

/**
 * The library advises programs: open with an option, call a method. Whoever reads what a command prints can name files and give
 * commands, so the errors that such advice comes with are told here once more.
 */
const advised: Partial<Record<ErrorCode, (message: string, facts: Facts, cause: string) => Advice>> = {
  "journal.unopenable": (_, facts, cause) => ({
    said: `The database ${text(facts, "path")} cannot be opened${cause}`,
    advice: "Check that --db names a file that this user may read and write.",
  }),
  "journal.readOnly": (_, facts, cause) => ({
    said: `The database ${text(facts, "path")} cannot be written${cause}`,
    advice: "Make the file and its directory writable, or name another with --db FILE.",
  }),
  "journal.foreign": (_, facts) => ({
    said: `The file ${text(facts, "path")} is not a database of Runfold`,
    advice: "Name another with --db FILE.",
  }),
  "journal.busy": (_, facts) => ({
    said: `The database ${text(facts, "path")} is locked by another process for too long`,
    advice: "Try again, or end the process that holds it.",
  }),
  "journal.full": (_, facts) => ({
    said: `The database ${text(facts, "path")} cannot grow, because the disk is full`,
    advice: "Free some space and try again.",
  }),
  "journal.failed": (_, facts, cause) => {
    const path = text(facts, "path");
    const file = text(facts, "file");
    if (file === "") {
      return {
        said: `The database ${path} could not be read or written${cause}`,
        advice: "See to its disk and try again.",
      };
    }
    const what = file === "gone" ? "was deleted or moved away" : "was replaced by another file";
    return {
      said: `The database ${path} ${what} while it was written, and what was written now would be lost`,
      advice: "If it was moved, put it back with its -wal, and go on with runfold resume.",
    };
  },
  "journal.corrupt": (message, facts, cause) => {
    const run = text(facts, "run");
    if (run === "" && text(facts, "path") === "") {
      return { said: firstPart(message), advice: "Restore the database from a copy." };
    }
    if (run === "") {
      return {
        said: `The database ${text(facts, "path")} is damaged${cause}`,
        advice: "Restore it from a copy, or save what can still be read of each run with runfold export RUN.",
      };
    }
    return {
      said: firstPart(message),
      advice: `What stands before that is shown by runfold events ${run} and saved by runfold export ${run}; for the rest, restore the database from a copy.`,
    };
  },
  "journal.newer": (message) => ({ said: firstPart(message), advice: "To read it, use a newer Runfold." }),
  "journal.conflict": (message) => ({
    said: firstPart(message),
    advice: "Look at the run with runfold status, and try again.",
  }),
  "run.conflicting": (message) => ({
    said: firstPart(message),
    advice: "Choose another --id, or delete that run with runfold cleanup.",
  }),
  "run.live": (message, facts) => {
    const run = text(facts, "run");
    // A process is named where somebody else writes what was to be taken over.
    if (facts["pid"] === undefined) {
      return {
        said: `Run ${run} has not ended, so it cannot be cleaned up`,
        advice: `End it with runfold cancel ${run}, or wait for its end with runfold status ${run} --wait 60.`,
      };
    }
    return {
      said: message.split(". Let it be", 1)[0] ?? message,
      advice: `Follow it with runfold events ${run} --follow, end it with runfold cancel ${run}, or take it over with runfold resume ${run} --force.`,
    };
  },
  "run.cleaned": (_, facts) => ({
    said: `Run ${text(facts, "run")} was cleaned up, and what it kept is gone`,
    advice: "List what there is with runfold runs.",
  }),
  "runtime.full": (message) => ({
    said: firstPart(message),
    advice: "Go on with the others by runfold resume when these have ended.",
  }),
  "cursor.invalid": (message, facts) => ({
    said: message.split(". Read the run's status", 1)[0] ?? message,
    advice: `Get a new one with runfold status ${text(facts, "run")}.`,
  }),
  "output.tooLarge": (message) => ({
    said: firstPart(message),
    advice: "Read the files that runfold result RUN STEP --json names under artifacts.",
  }),
  "mailbox.full": (message) => ({
    said: firstPart(message),
    advice: "Try again when the run's process has read them.",
  }),
};

/** What an error says, and what to do about it here. One that tells no facts is told in its own words. */
export function adviceOn(error: RunfoldError): Advice {
  const message = withoutCode(error);
  const cause = error.cause instanceof Error ? `: ${causeText(error.cause)}` : "";
  const build = Object.keys(error.details).length === 0 ? undefined : advised[error.code];
  return build?.(message, error.details, cause) ?? { said: message, advice: "" };
}

/** The two parts as one message; an error without advice for here is told in its own words. */
export function advisedMessage(error: RunfoldError): string {
  const { said, advice } = adviceOn(error);
  return advice === "" ? said : `${said}. ${advice}`;
}

function withoutCode({ code, message }: RunfoldError): string {
  const suffix = ` [${code}]`;
  return message.endsWith(suffix) ? message.slice(0, -suffix.length) : message;
}

/** The library's advice is its last sentence, or what follows a semicolon. */
function firstPart(message: string): string {
  return message.replace(/(?:\. |; )[^.;]*\.?$/, "").replace(/\.$/, "");
}

function causeText(cause: Error): string {
  return (isRunfoldError(cause) ? withoutCode(cause) : cause.message).replace(/\.$/, "");
}

function text(facts: Facts, name: string): string {
  const value = facts[name];
  return typeof value === "string" ? value : "";
}
