/**
 * What a caller can get wrong, or what the outside can refuse, by stable code. Each code is a heading of `docs/errors.md`.
 * A step or a run that does not succeed is not an error: it is data (`failure.ts`).
 */
export type ErrorCode =
  | "graph.invalid"
  | "run.unknown"
  | "run.conflicting"
  | "run.live"
  | "run.abandoned"
  | "run.cleaned"
  | "run.idInvalid"
  | "runtime.closed"
  | "runtime.full"
  | "step.unknown"
  | "message.invalid"
  | "notice.invalid"
  | "inspect.invalid"
  | "cursor.invalid"
  | "position.invalid"
  | "fork.refused"
  | "wait.invalid"
  | "output.notLoaded"
  | "output.tooLarge"
  | "mailbox.full"
  | "journal.conflict"
  | "journal.closed"
  | "journal.failed"
  | "journal.busy"
  | "journal.full"
  | "journal.readOnly"
  | "journal.foreign"
  | "journal.corrupt"
  | "journal.newer"
  | "journal.unopenable"
  | "artifact.exists"
  | "artifact.unknown"
  | "artifact.nameInvalid"
  | "artifact.tampered"
  | "artifact.failed"
  | "archive.invalid"
  | "tool.invalid"
  | "viewer.invalid"
  | "viewer.unavailable"
  | "invariant.broken";

const brand = Symbol.for("runfold.error");

/**
 * The one error class of Runfold: the caller asked for something impossible, or the outside refused.
 *
 * Recognise it with {@link isRunfoldError}, which also works across duplicate copies of the package, and branch on `code`.
 * `details` holds the facts of the message as JSON; `cause` holds the error underneath, where there is one.
 */
export class RunfoldError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { readonly details?: Readonly<Record<string, unknown>>; readonly cause?: unknown } = {},
  ) {
    super(`${message} [${code}]`, "cause" in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.details = options.details ?? {};
    Object.defineProperty(this, brand, { value: true });
  }

  static {
    Object.defineProperty(this.prototype, "name", { value: "RunfoldError", configurable: true, writable: true });
  }
}

/** Whether `value` is a {@link RunfoldError}, of this or another copy of the package, optionally with the given code. */
export function isRunfoldError(value: unknown, code?: ErrorCode): value is RunfoldError {
  if (!(value instanceof Error) || !(brand in value)) return false;
  return code === undefined || (value as Error & { code?: unknown }).code === code;
}

/** A programmer's error of our own: stops the run's actor loudly, never another's. */
export function invariant(holds: boolean, claim: string): asserts holds {
  if (!holds) throw brokenInvariant(claim);
}

/** The error of {@link invariant}, for the places where building the claim would cost more than checking it. */
export function brokenInvariant(claim: string): RunfoldError {
  return new RunfoldError("invariant.broken", `Runfold broke a rule of its own: ${claim}`);
}
