// Not from the public surface, which would load all of it before a wrong command line is answered.
import { isRunfoldError } from "../domain/errors.ts";
import { advisedMessage, adviceOn } from "../surfaces/advice.ts";
import { exitCodeOfError, exitCodes, type ExitCode } from "./exit-codes.ts";
import { printable, printableText } from "./printable.ts";
import { SurfaceRefusal } from "../surfaces/surface-refusal.ts";
import { systemCode } from "./system-error.ts";
import type { GraphDiagnostic } from "../index.ts";

/** Something that this command refuses, beside the errors of the library. */
export class CommandError extends SurfaceRefusal {
  readonly exitCode: ExitCode;

  constructor(
    code: string,
    message: string,
    options: {
      readonly exitCode?: ExitCode;
      readonly diagnostics?: readonly GraphDiagnostic[];
      readonly said?: string;
    } = {},
  ) {
    super(code, message, options);
    this.name = "CommandError";
    this.exitCode = options.exitCode ?? exitCodes.badInput;
  }
}

/** An error as it is told to people and to programs. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  /** The message without its advice, where that can be told apart. */
  readonly said?: string;
  readonly exitCode: ExitCode;
  readonly diagnostics?: readonly GraphDiagnostic[];
  /** Where a command deals with several runs: which one this is about. */
  readonly run?: string;
}

export function problemOf(error: unknown): Problem {
  if (error instanceof CommandError) {
    const { code, message, said, exitCode, diagnostics } = error;
    return {
      code,
      message,
      exitCode,
      ...(said === undefined ? {} : { said }),
      ...(diagnostics === undefined ? {} : { diagnostics }),
    };
  }
  if (isRunfoldError(error) && exitCodeOfError(error.code) !== exitCodes.bug) {
    const { code, details } = error;
    const message = advisedMessage(error);
    const { said } = adviceOn(error);
    const diagnostics = diagnosticsIn(details);
    // The library lists the first findings in its message; here each of them gets lines of its own.
    const head = diagnostics === undefined ? message : (message.split("\n", 1)[0] ?? message);
    return {
      code,
      message: head,
      said: said.split("\n", 1)[0] ?? said,
      exitCode: exitCodeOfError(code),
      ...(diagnostics === undefined ? {} : { diagnostics }),
    };
  }
  if (isDirectoryGone(error)) {
    const message = "The current directory has been deleted. Go to one that exists and try again.";
    return { code: "directory.gone", message, exitCode: exitCodes.badInput };
  }
  const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const message = `${printable(said)} (this is a bug of runfold; set RUNFOLD_DEBUG=1 to see where)`;
  return { code: "bug", message, exitCode: exitCodes.bug };
}

/** Every path that is not absolute begins with the current directory, so any command may find that it is no more. */
function isDirectoryGone(error: unknown): boolean {
  return systemCode(error) === "ENOENT" && error instanceof Error && "syscall" in error && error.syscall === "uv_cwd";
}

/** The problem on as many lines as it takes, each finding with its place and its repair. */
export function problemLines({ message, diagnostics }: Problem): readonly string[] {
  return [`runfold: ${printableText(message)}`, ...(diagnostics ?? []).flatMap(diagnosticLines)];
}

export function diagnosticLines({ code, severity, message, pointer, repair }: GraphDiagnostic): readonly string[] {
  const place = pointer === "" ? "" : ` at ${printable(pointer)}`;
  return [`  ${severity} ${code}${place}: ${printable(message)}`, `    ${printable(repair)}`];
}

/** The one line that `--json` gives instead of a result. */
export function problemJson({ code, message, diagnostics, run }: Problem): string {
  // What is undefined is left out.
  return JSON.stringify({ error: { code, message, run, diagnostics } });
}

/** A graph that was refused brings its findings along. */
function diagnosticsIn(details: Readonly<Record<string, unknown>>): readonly GraphDiagnostic[] | undefined {
  const diagnostics = details["diagnostics"];
  return isList(diagnostics) ? diagnostics : undefined;
}

function isList(value: unknown): value is readonly GraphDiagnostic[] {
  return Array.isArray(value);
}
