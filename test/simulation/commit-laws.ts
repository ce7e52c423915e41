import type { Commit } from "../../src/domain/commit.ts";
import type { Event, Owner } from "../../src/domain/events.ts";
import { attemptsMaxOf } from "../../src/domain/retry-policy.ts";
import { phaseOf } from "../../src/machines/run-state.ts";
import type { RunPhase } from "../../src/machines/run-machine.ts";
import type { DurableRun } from "./durable-run.ts";

export interface Author {
  readonly owner: Owner;
  /** Whether it knows that a process is dead, or cannot know: then a lease may have lapsed by a clock that is wrong. */
  mayTakeForDead(owner: Owner): boolean;
}

/**
 * Adds a commit to a run, and says what laws it breaks, as sentences. These are the laws of which the commits alone tell at once; those
 * of whole journals are asked in the end.
 */
export function addLawfully(run: DurableRun, commit: Commit, author: Author): string[] {
  const broken: string[] = [];
  const { state } = run;
  const phase = state.phase;
  const running = runningSteps(run);
  const lost = run.state.interruptions.slice();
  const known = new Set(state.diagnostics);
  const divergence = run.verifier.check(commit);
  if (divergence !== undefined) broken.push(`law 6: verify says: ${divergence.message}`);
  run.add(commit);
  const { input, events } = commit;
  // Whoever cleans up a run after its end, or after the end of its process, is not its owner.
  const mayBeAnother = input.type === "run.clean" || author.mayTakeForDead(state.owner);
  if (!isSame(state.owner, author.owner) && !mayBeAnother) {
    broken.push(
      `law 3: process ${author.owner.pid} wrote ${input.type}, and the run is that of process ${state.owner.pid}`,
    );
  }
  if (input.type === "run.recover") broken.push(...ofRecovery(commit, running, phase, state.deadlineAt));
  if (events.some(({ type }) => type === "run.expired") && phase !== "running") {
    broken.push("law 6: a run that was being ended expired");
  }
  for (const event of events) {
    if (event.type !== "diagnostic.recorded") continue;
    const text = `${event.code}\n${event.message}`;
    if (known.has(text)) broken.push(`law 8: a diagnostic was recorded twice: ${event.code}: ${event.message}`);
    known.add(text);
  }
  if (phase === "running" && state.phase === "running") broken.push(...ofRetries(run, commit, lost));
  return broken;
}

function isSame(one: Owner, other: Owner): boolean {
  return one.pid === other.pid && one.host === other.host && one.processStart === other.processStart;
}

function runningSteps({ state }: DurableRun): string[] {
  return state.plan.ids.filter((_id, step) => phaseOf(state, step) === "running");
}

/** Nothing goes on that nobody does any more, and a deadline that has passed is kept at once. */
function ofRecovery({ at, events }: Commit, running: readonly string[], phase: RunPhase, deadlineAt: number): string[] {
  const broken: string[] = [];
  const interrupted = new Set(events.flatMap((event) => (event.type === "step.interrupted" ? [event.step] : [])));
  for (const step of running) {
    if (!interrupted.has(step)) broken.push(`law 4: ${step} was running when its process was lost, and goes on`);
  }
  if (phase === "running" && at >= deadlineAt && !events.some(({ type }) => type === "run.expired")) {
    broken.push("law 6: a run was taken over after its deadline and did not expire");
  }
  return broken;
}

/** A step that failed for good had all its attempts; those that were lost with their process do not count. */
function ofRetries(run: DurableRun, { at, events }: Commit, lostBefore: Uint8Array): string[] {
  const { state } = run;
  return events.flatMap((event: Event) => {
    if (event.type !== "step.failed" && event.type !== "step.timedOut") return [];
    const { failure, step, attempt } = event;
    if (failure.final === true || failure.kind === "interrupted") return [];
    const number = state.plan.numberOf.get(step)!;
    const { retry } = state.plan.steps[number]!;
    const attempts = attempt - (lostBefore[number] ?? 0);
    // A retry that would come after the run's deadline is not made.
    const longestMs = (retry?.backoffSeconds ?? 0) * 2 ** attempts * 1_000;
    if (attempts >= attemptsMaxOf(retry) || at + longestMs >= state.deadlineAt) return [];
    return [`law 10: ${step} ended at its attempt ${attempts}, although it has ${attemptsMaxOf(retry)}`];
  });
}
