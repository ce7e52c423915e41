import { hasOption, type Execute, type Invocation } from "../command.ts";
import { divergenceLines } from "../divergence-text.ts";
import { CommandError, problemOf } from "../errors.ts";
import { exitCodes, worstOf, type ExitCode } from "../exit-codes.ts";
import { findRun, openRuns, type OpenRuns } from "../open-journal.ts";
import { damagedAfter, isDamage, readablePart } from "../readable-run.ts";
import { tellProblem } from "../tell-problem.ts";
import { wireVerified } from "../../surfaces/wire.ts";
import { isRunfoldError, type Run } from "../../index.ts";

export const execute: Execute = async (invocation) => {
  const [id] = invocation.positionals;
  const isAll = hasOption(invocation, "all");
  if ((id === undefined) !== isAll) {
    throw new CommandError("usage.invalid", "verify needs one of RUN and --all. Write runfold verify RUN.");
  }
  await using open = await openRuns(invocation.db, "read");
  return id === undefined ? await verifyAll(open, invocation) : await verifyRun(open, id, invocation);
};

/** Every run of the database; the worst exit code. */
async function verifyAll(open: OpenRuns, invocation: Invocation): Promise<ExitCode> {
  const codes: ExitCode[] = [];
  for (const { run } of await open.journal.list()) {
    try {
      codes.push(await verifyRun(open, run, invocation));
    } catch (error) {
      // Cleaned up meanwhile.
      if (isRunfoldError(error, "run.unknown") || isRunfoldError(error, "run.cleaned")) continue;
      const problem = problemOf(error);
      if (problem.exitCode === exitCodes.bug) throw error;
      await tellProblem({ ...problem, run }, invocation);
      codes.push(problem.exitCode);
    }
  }
  if (codes.length === 0) await invocation.err.line("There are no runs to verify.");
  return worstOf(codes);
}

/** @throws the damage, once what stands before it was verified */
async function verifyRun(open: OpenRuns, id: string, invocation: Invocation): Promise<ExitCode> {
  try {
    return await verified(await findRun(open, id), false, invocation);
  } catch (error) {
    if (!isDamage(error)) throw error;
    await using readable = await readablePart(open, id, error);
    const { run, damage } = readable;
    const exitCode = await verified(run, damage !== undefined, invocation);
    // The worse of the two is what this ends with.
    if (damage === undefined || exitCode === exitCodes.diverged) return exitCode;
    throw damagedAfter(run.snapshot().position, damage, ", and was verified");
  }
}

async function verified(run: Run, isDamaged: boolean, { out, isJson, style }: Invocation): Promise<ExitCode> {
  const verification = await run.verify();
  const { ok, commits } = verification;
  if (isJson) await out.line(JSON.stringify(wireVerified(run.id, verification, isDamaged)));
  else if (!ok) await out.line(divergenceLines(run.id, verification.divergence, commits, style).join("\n"));
  else {
    const counted = `${counts(commits, "commit")}, ${counts(verification.position, "event")}`;
    await out.line(`Run ${run.id}: ${counted} decided again, all as recorded.`);
  }
  return ok ? exitCodes.done : exitCodes.diverged;
}

function counts(number: number, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun}s`;
}
