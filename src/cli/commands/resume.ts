import { resolve } from "node:path";
import { hasOption, type Execute } from "../command.ts";
import { CommandError } from "../errors.ts";
import { runHere } from "../run-here.ts";
import { resumeAllHere } from "../run-several.ts";
import { takeOver } from "../take-over.ts";

export const execute: Execute = async (invocation) => {
  const { db, positionals } = invocation;
  const [id] = positionals;
  const force = hasOption(invocation, "force");
  if (id === undefined && force) {
    const message =
      "resume --force needs RUN: it takes a run from a process that lives. Write runfold resume RUN --force.";
    throw new CommandError("usage.invalid", message);
  }
  if (hasOption(invocation, "detach")) {
    const { beginInBackground } = await import("../background-parent.ts");
    const path = resolve(db);
    return beginInBackground(
      id === undefined ? { asks: "resumeAll", db: path } : { asks: "resume", id, force, db: path },
      invocation,
    );
  }
  if (id === undefined) return resumeAllHere(invocation);
  return runHere((onDiagnostic) => takeOver(id, { db, force, onDiagnostic }), invocation);
};
