import { commitSchema } from "../domain/commit.ts";
import type { Event } from "../domain/events.ts";
import type { EpochMs } from "../domain/ids.ts";
import type { Command, Input, Refusal } from "../domain/inputs.ts";
import { limits } from "../domain/limits.ts";
import { decideNotice } from "./decide-notice.ts";
import { decideSend } from "./decide-message.ts";
import { decideFork, decideRecover } from "./decide-recovery.ts";
import { decideReport, decideRetry, decideTimeOut } from "./decide-step.ts";
import { milliseconds } from "./plan.ts";
import { isLive } from "./run-state.ts";
import type { RunState } from "./run-state.ts";
import { expireRun, stopSteps } from "./stop-steps.ts";
import { reachFixedPoint } from "./emit.ts";
import { emitRun } from "./emit-run.ts";
import { refusal } from "./turn.ts";
import type { Turn } from "./turn.ts";

/** The events that an input causes, or why the machines do not accept it. */
export type Decision = readonly Event[] | Refusal;

export function isRefusal(decision: Decision): decision is Refusal {
  return "refused" in decision;
}

/**
 * Answers one input: asks the machines, and follows what their answers release, until nothing more can happen by itself.
 *
 * Deterministic: reads nothing but its arguments. The state is the caller's to give away for the call: each returned event
 * has already been folded into it by `evolve`, the same fold that replays it, so a caller that cannot append the events must
 * throw the state away. A refusal leaves the state as it was. An answer without events does not exist. With the `schema` of an
 * older commit it decides as the version decided that wrote it.
 */
export function decide(state: RunState, input: Input, at: EpochMs, schema = commitSchema): Decision {
  const turn: Turn = { state, at, schema, events: [] };
  const refused = answer(turn, input);
  if (refused !== undefined) return refused;
  reachFixedPoint(turn);
  return turn.events;
}

function answer(turn: Turn, input: Input): Refusal | undefined {
  const { state } = turn;
  if (input.type === "run.start") return start(turn, input);
  if (input.type === "run.clean") return clean(turn, input);
  if (input.type === "run.fork") return decideFork(turn, input);
  if (!isLive(state)) return refusal("ended", `Run ${state.run} has ended.`);
  switch (input.type) {
    case "run.cancel":
      return cancel(turn, input);
    case "run.expire":
      return expire(turn);
    case "run.recover":
      return decideRecover(turn, input);
    case "diagnostic.record":
      return diagnose(turn, input);
    case "message.send":
      return decideSend(turn, input);
    case "notice.due":
      return decideNotice(turn, input);
    case "step.retry":
      return decideRetry(turn, input);
    case "step.timeOut":
      return decideTimeOut(turn, input);
    case "step.progress":
    case "step.succeed":
    case "step.fail":
    case "message.report":
      return decideReport(turn, input);
  }
}

function start(turn: Turn, input: Extract<Command, { type: "run.start" }>): Refusal | undefined {
  const { state, at } = turn;
  if (state.phase !== "unstarted") return refusal("started", `Run ${state.run} has already started.`);
  const { run, life, graph, root, places, owner, definitions } = input;
  const deadlineAt = at + milliseconds(graph.limits?.maxRunSeconds ?? limits.runSecondsDefault);
  emitRun(turn, { type: "start", run, life, graph, root, places, owner, epoch: 1, deadlineAt, definitions });
  return undefined;
}

function cancel(turn: Turn, input: Extract<Command, { type: "run.cancel" }>): Refusal | undefined {
  const { state } = turn;
  const { reason, force } = input;
  if (state.phase === "running") {
    emitRun(turn, { type: "cancel", reason, force });
  } else if (force && !state.isForced) {
    emitRun(turn, { type: "cancel.force", reason, force });
  } else {
    return refusal("repeated", `Run ${state.run} is already being ended.`);
  }
  stopSteps(turn, state.phase === "expiring" ? "expired" : "canceled", force);
  return undefined;
}

function expire(turn: Turn): Refusal | undefined {
  const { state } = turn;
  // A cancel that came before the deadline stays a cancel.
  if (state.phase !== "running") return refusal("repeated", `Run ${state.run} is already being ended.`);
  expireRun(turn);
  return undefined;
}

function diagnose(turn: Turn, input: Extract<Command, { type: "diagnostic.record" }>): Refusal | undefined {
  const { diagnostics } = turn.state;
  const { code, severity, message, step } = input;
  if (diagnostics.has(`${code}\n${message}`)) return refusal("repeated", "This diagnostic has been recorded.");
  if (diagnostics.size >= limits.diagnosticsPerRunMax) {
    return refusal("limited", `A run records ${limits.diagnosticsPerRunMax} distinct diagnostics.`);
  }
  if (diagnostics.size === limits.diagnosticsPerRunMax - 1) {
    const last = `This run has recorded ${limits.diagnosticsPerRunMax} diagnostics; further ones are not in its journal.`;
    emitRun(turn, {
      type: "diagnose",
      code: "diagnostics-limited",
      severity: "warning",
      message: last,
      step: undefined,
    });
    return undefined;
  }
  emitRun(turn, { type: "diagnose", code, severity, message, step });
  return undefined;
}

function clean(turn: Turn, input: Extract<Command, { type: "run.clean" }>): Refusal | undefined {
  const { state } = turn;
  if (isLive(state)) return refusal("live", `Run ${state.run} has not ended; cancel it first.`);
  if (state.phase === "cleaned") return refusal("repeated", `Run ${state.run} has been cleaned up.`);
  if (state.phase === "unstarted") return refusal("ended", "There is no such run.");
  emitRun(turn, { type: "clean", reason: input.reason });
  return undefined;
}
