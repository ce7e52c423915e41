import type { ArtifactRef } from "../../domain/artifact.ts";
import { isRunfoldError, RunfoldError } from "../../domain/errors.ts";
import { isRunId, type RunId } from "../../domain/ids.ts";

const namePattern = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}$/;

export function isArtifactName(name: string): boolean {
  return namePattern.test(name);
}

/** @throws `run.idInvalid` for a run id that could not be a plain directory name. */
export function checkRunId(run: RunId): void {
  if (typeof run === "string" && isRunId(run)) return;
  throw new RunfoldError("run.idInvalid", `${JSON.stringify(run)} is not a run id.`, { details: { run } });
}

/** @throws `artifact.nameInvalid` for anything but a plain, visible file name. */
export function checkArtifactName(name: string): void {
  if (typeof name === "string" && isArtifactName(name)) return;
  throw new RunfoldError(
    "artifact.nameInvalid",
    `${JSON.stringify(name)} is not an artifact name: use up to 200 letters, digits, ".", "_" and "-", not beginning with a dot.`,
    { details: { name } },
  );
}

/*
 * A store keeps each run under a name of its own, its place, which is not the run's id: messages do not call it the run.
 */

export function taken(place: RunId, name: string): RunfoldError {
  return new RunfoldError("artifact.exists", `There is an artifact ${name} in ${place} already.`, {
    details: { run: place, name },
  });
}

export function unknown(place: RunId, name: string): RunfoldError {
  const message = `There is no artifact ${name} in ${place}. Was the directory of artifacts moved or deleted? It belongs beside its database, as FILE.artifacts: copy it back.`;
  return new RunfoldError("artifact.unknown", message, { details: { run: place, name } });
}

export function tampered(place: RunId, { name }: ArtifactRef, why: string): RunfoldError {
  return new RunfoldError("artifact.tampered", `The artifact ${name} in ${place} is not what was stored: ${why}.`, {
    details: { run: place, name },
  });
}

export function failed(place: RunId, doing: string, cause?: unknown): RunfoldError {
  if (isRunfoldError(cause)) return cause;
  const why = cause instanceof Error ? cause.message : undefined;
  const message = `The artifacts in ${place}: ${doing} failed${why === undefined ? "" : ` (${why})`}.`;
  return new RunfoldError("artifact.failed", message, {
    details: { run: place },
    ...(cause === undefined ? {} : { cause }),
  });
}

/** The code of an error of the operating system, such as `ENOENT`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}
