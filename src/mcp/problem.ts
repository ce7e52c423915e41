import { adviceOn } from "../surfaces/advice.ts";
import { SurfaceRefusal } from "../surfaces/surface-refusal.ts";
import { isRunfoldError, limits, type GraphDiagnostic } from "../index.ts";
import { printableLine } from "../domain/printable.ts";

/** Something that this server refuses by itself: what, and what to do about it. */
export class Refusal extends Error {
  readonly code: string;
  readonly repair: string;
  readonly diagnostics: readonly GraphDiagnostic[];

  constructor(code: string, message: string, repair: string, diagnostics: readonly GraphDiagnostic[] = []) {
    super(message);
    this.name = "Refusal";
    this.code = code;
    this.repair = repair;
    this.diagnostics = diagnostics;
  }
}

/** An error as a model is told it, so that it can act on it. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** What to do about it; empty where nothing helps. */
  readonly repair: string;
  readonly diagnostics?: readonly GraphDiagnostic[];
  readonly omittedDiagnostics?: number;
}

const asker = "Ask whoever runs the server";

/** The library and the command advise programs and people; here the advice is about tools. */
const repairs: Readonly<Record<string, string>> = {
  "graph.invalid": "Correct the graph as the diagnostics say, and call run_start again.",
  "run.unknown": "List what there is with run_list.",
  "run.conflicting": "Choose another id, or delete that run with run_cleanup.",
  "run.idInvalid": `Use 1 to ${limits.runIdCharsMax} letters, digits, "-" and "_", beginning with a letter or digit.`,
  "run.live": "Wait for its end with run_wait, or end it with run_cancel.",
  "run.abandoned":
    "Go on with it by run_start with the same graph and id, or delete it with run_cleanup. What its steps gave is kept until then.",
  "run.cleaned": "List what there is with run_list.",
  "step.unknown": "Name one of the run's steps.",
  "cursor.invalid": "Call run_status without a cursor to get a new one. Never make one up.",
  "mailbox.full": "Try again a little later.",
  "journal.readOnly": `${asker} to make the database and its directory writable; reading works meanwhile.`,
  "journal.unopenable": `${asker} to see to the file that its --db names.`,
  "journal.foreign": `${asker} to name another file with --db.`,
  "journal.newer": `${asker} to use a newer Runfold.`,
  "journal.busy": "Try again; another process holds the database.",
  "journal.full": `${asker} to free some space on the disk, and try again.`,
  "journal.failed": `${asker} to see to the database and its disk, and try again.`,
  "journal.corrupt": `${asker} to save what can be read of the run with runfold export, and to restore the database from a copy.`,
  "journal.conflict": "Look at the run with run_status, and try again.",
  "runtime.closed": "The database was replaced or the server ends: list what there is with run_list.",
  "background.failed": `Try again; or: ${asker.toLowerCase()} to start it with --in-process.`,
  bug: `${asker} what its stderr says.`,
};

export function problemOf(error: unknown): Problem {
  if (error instanceof Refusal) return problem(error.code, error.message, error.repair, error.diagnostics);
  if (error instanceof SurfaceRefusal) {
    const { code, message, said = message, diagnostics } = error;
    return problem(code, said, repairs[code] ?? "", diagnostics);
  }
  if (isRunfoldError(error) && error.code !== "invariant.broken") {
    const { said, advice } = adviceOn(error);
    // A graph's findings stand on lines of their own after the first.
    const [head = said] = said.split("\n", 1);
    return problem(error.code, head, repairs[error.code] ?? advice, diagnosticsIn(error.details));
  }
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return problem("bug", `${said} (this is a bug of runfold)`, repairs["bug"] ?? "");
}

function problem(code: string, message: string, repair: string, diagnostics: readonly GraphDiagnostic[] = []): Problem {
  const shown = diagnostics.slice(0, limits.mcpDiagnosticsMax).map(({ code: kind, severity, ...texts }) => ({
    code: kind,
    severity,
    message: printableLine(texts.message, limits.mcpMessageCharsMax),
    pointer: printableLine(texts.pointer, limits.mcpTextCharsMax),
    repair: printableLine(texts.repair, limits.mcpMessageCharsMax),
  }));
  const omittedDiagnostics = diagnostics.length - shown.length;
  return {
    code,
    message: printableLine(message, limits.mcpMessageCharsMax),
    repair,
    ...(shown.length === 0 ? {} : { diagnostics: shown }),
    ...(omittedDiagnostics === 0 ? {} : { omittedDiagnostics }),
  };
}

export function problemText({ code, message, repair, diagnostics = [], omittedDiagnostics = 0 }: Problem): string {
  return [
    `Error ${code}: ${message}`,
    ...(repair === "" ? [] : [`What to do: ${repair}`]),
    ...diagnostics.map(
      ({ severity, code: kind, pointer, message: said, repair: advised }) =>
        `- ${severity} ${kind} at ${pointer === "" ? "the graph" : pointer}: ${said} ${advised}`,
    ),
    ...(omittedDiagnostics === 0 ? [] : [`- and ${omittedDiagnostics} more`]),
  ].join("\n");
}

function diagnosticsIn(details: Readonly<Record<string, unknown>>): readonly GraphDiagnostic[] {
  const { diagnostics } = details as { readonly diagnostics?: unknown };
  return Array.isArray(diagnostics) ? (diagnostics as readonly GraphDiagnostic[]) : [];
}
