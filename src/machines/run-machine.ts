import { setup } from "xstate";
import type { AgentDefinition } from "../domain/agent.ts";
import type { ArtifactRef } from "../domain/artifact.ts";
import type { ForkPoint, Owner, Place, RunEvent, Severity } from "../domain/events.ts";
import type { GraphDocument } from "../domain/graph-document.ts";
import type { EpochMs, RunId, RunLife, StepId } from "../domain/ids.ts";
import type { NoticeNumber } from "../domain/notice.ts";
import type { RunEnd } from "../domain/status.ts";

/** What the kernel tells a run. As with steps, the signal's type holds what elsewhere would be a guard. */
export type RunSignal =
  | {
      readonly type: "start";
      readonly run: RunId;
      readonly life: RunLife;
      readonly graph: GraphDocument;
      readonly root: string;
      readonly places: readonly Place[];
      readonly owner: Owner;
      readonly epoch: number;
      readonly deadlineAt: EpochMs;
      readonly definitions: readonly AgentDefinition[] | undefined;
    }
  | { readonly type: "recover"; readonly owner: Owner; readonly epoch: number; readonly places: readonly Place[] }
  | {
      readonly type: "fork";
      readonly run: RunId;
      readonly life: RunLife;
      readonly from: ForkPoint;
      readonly graph: GraphDocument | undefined;
      readonly root: string;
      readonly places: readonly Place[];
      readonly owner: Owner;
      readonly epoch: number;
      readonly deadlineAt: EpochMs;
      readonly definitions: readonly AgentDefinition[] | undefined;
    }
  | { readonly type: "cancel" | "cancel.force"; readonly reason: string; readonly force: boolean }
  | { readonly type: "expire"; readonly deadlineAt: EpochMs }
  | {
      readonly type: "settle.succeeded" | "settle.mixed" | "settle.failed";
      readonly cleanupAt: EpochMs | undefined;
    }
  | { readonly type: "clean"; readonly reason: string }
  | {
      readonly type: "diagnose";
      readonly code: string;
      readonly severity: Severity;
      readonly message: string;
      readonly step: StepId | undefined;
    }
  | {
      readonly type: "notify";
      readonly notice: NoticeNumber;
      readonly isTerminal: boolean;
      readonly reasons: readonly string[];
      readonly omittedReasons: number;
      readonly isLast: boolean;
      readonly status: RunEnd | undefined;
    }
  | { readonly type: "store"; readonly step: StepId; readonly attempt: number; readonly artifact: ArtifactRef };

type Signal<Type extends RunSignal["type"]> = Extract<RunSignal, { type: Type }>;

const settledAs =
  (status: RunEnd) =>
  ({ cleanupAt }: Signal<"settle.succeeded" | "settle.mixed" | "settle.failed">): RunEvent => ({
    type: "run.settled",
    status,
    ...(cleanupAt === undefined ? {} : { cleanupAt }),
  });

export const runEventMakers = {
  started: ({ run, life, graph, root, places, owner, epoch, deadlineAt, definitions }: Signal<"start">): RunEvent => ({
    type: "run.started",
    run,
    life,
    graph,
    root,
    places,
    owner,
    epoch,
    deadlineAt,
    ...(definitions === undefined ? {} : { definitions }),
  }),
  recovered: ({ owner, epoch, places }: Signal<"recover">): RunEvent => ({
    type: "run.recovered",
    owner,
    epoch,
    places,
  }),
  forked: ({
    run,
    life,
    from,
    graph,
    root,
    places,
    owner,
    epoch,
    deadlineAt,
    definitions,
  }: Signal<"fork">): RunEvent => ({
    type: "run.forked",
    run,
    life,
    from,
    ...(graph === undefined ? {} : { graph }),
    root,
    places,
    owner,
    epoch,
    deadlineAt,
    ...(definitions === undefined ? {} : { definitions }),
  }),
  cancelRequested: ({ reason, force }: Signal<"cancel" | "cancel.force">): RunEvent => ({
    type: "run.cancelRequested",
    reason,
    force,
  }),
  expired: ({ deadlineAt }: Signal<"expire">): RunEvent => ({ type: "run.expired", deadlineAt }),
  cleaned: ({ reason }: Signal<"clean">): RunEvent => ({ type: "run.cleaned", reason }),
  diagnosed: ({ code, severity, message, step }: Signal<"diagnose">): RunEvent => ({
    type: "diagnostic.recorded",
    code,
    severity,
    message,
    ...(step === undefined ? {} : { step }),
  }),
  stored: ({ step, attempt, artifact }: Signal<"store">): RunEvent => ({
    type: "artifact.stored",
    step,
    attempt,
    artifact,
  }),
  notified: ({ notice, isTerminal, status, reasons, omittedReasons, isLast }: Signal<"notify">): RunEvent => ({
    type: "notice.queued",
    notice,
    isTerminal,
    ...(status === undefined ? {} : { status }),
    reasons,
    ...(omittedReasons === 0 ? {} : { omittedReasons }),
    ...(isLast ? { isLast } : {}),
  }),
  settledSucceeded: settledAs("succeeded"),
  settledMixed: settledAs("mixed"),
  settledFailed: settledAs("failed"),
  settledCanceled: settledAs("canceled"),
  settledExpired: settledAs("expired"),
};

const run = setup({ types: { events: {} as RunSignal, emitted: {} as RunEvent } });

/** An action is the emission of one event, made from the signal alone; actions do nothing else. */
const emits = <Type extends RunSignal["type"]>(make: (signal: Signal<Type>) => RunEvent) =>
  run.emit(({ event }) => make(event as Signal<Type>));

/**
 * One run as a statechart. `canceling` was asked for and has steps to end; `expiring` passed its deadline and has steps to
 * end. A cancel that came before the deadline stays a cancel, so `canceling` does not take `expire`.
 */
export const runMachine = run
  .extend({
    actions: {
      started: emits(runEventMakers.started),
      recovered: emits(runEventMakers.recovered),
      forked: emits(runEventMakers.forked),
      cancelRequested: emits(runEventMakers.cancelRequested),
      expired: emits(runEventMakers.expired),
      cleaned: emits(runEventMakers.cleaned),
      diagnosed: emits(runEventMakers.diagnosed),
      stored: emits(runEventMakers.stored),
      notified: emits(runEventMakers.notified),
      settledSucceeded: emits(runEventMakers.settledSucceeded),
      settledMixed: emits(runEventMakers.settledMixed),
      settledFailed: emits(runEventMakers.settledFailed),
      settledCanceled: emits(runEventMakers.settledCanceled),
      settledExpired: emits(runEventMakers.settledExpired),
    },
  })
  .createMachine({
    id: "run",
    initial: "unstarted",
    states: {
      unstarted: { on: { start: { target: "running", actions: "started" } } },
      running: {
        on: {
          recover: { target: "running", actions: "recovered" },
          fork: { target: "running", actions: "forked" },
          diagnose: { target: "running", actions: "diagnosed" },
          store: { target: "running", actions: "stored" },
          notify: { target: "running", actions: "notified" },
          cancel: { target: "canceling", actions: "cancelRequested" },
          expire: { target: "expiring", actions: "expired" },
          "settle.succeeded": { target: "succeeded", actions: "settledSucceeded" },
          "settle.mixed": { target: "mixed", actions: "settledMixed" },
          "settle.failed": { target: "failed", actions: "settledFailed" },
        },
      },
      canceling: {
        on: {
          recover: { target: "canceling", actions: "recovered" },
          diagnose: { target: "canceling", actions: "diagnosed" },
          store: { target: "canceling", actions: "stored" },
          notify: { target: "canceling", actions: "notified" },
          "settle.succeeded": { target: "canceled", actions: "settledCanceled" },
          "settle.mixed": { target: "canceled", actions: "settledCanceled" },
          "settle.failed": { target: "canceled", actions: "settledCanceled" },
          "cancel.force": { target: "canceling", actions: "cancelRequested" },
        },
      },
      expiring: {
        on: {
          recover: { target: "expiring", actions: "recovered" },
          diagnose: { target: "expiring", actions: "diagnosed" },
          store: { target: "expiring", actions: "stored" },
          notify: { target: "expiring", actions: "notified" },
          "settle.succeeded": { target: "expired", actions: "settledExpired" },
          "settle.mixed": { target: "expired", actions: "settledExpired" },
          "settle.failed": { target: "expired", actions: "settledExpired" },
          "cancel.force": { target: "expiring", actions: "cancelRequested" },
        },
      },
      succeeded: { on: { clean: { target: "cleaned", actions: "cleaned" } } },
      mixed: { on: { clean: { target: "cleaned", actions: "cleaned" } } },
      failed: { on: { clean: { target: "cleaned", actions: "cleaned" } } },
      canceled: { on: { clean: { target: "cleaned", actions: "cleaned" } } },
      expired: { on: { clean: { target: "cleaned", actions: "cleaned" } } },
      cleaned: {},
    },
  });

export type RunPhase =
  | "unstarted"
  | "running"
  | "canceling"
  | "expiring"
  | "succeeded"
  | "mixed"
  | "failed"
  | "canceled"
  | "expired"
  | "cleaned";
