import { toolProfile } from "../adapters/executors/agents/tool-profile.ts";
import { limits } from "../domain/limits.ts";
import { isStepEnded } from "../domain/status.ts";
import type { RunSnapshot, StepCounts, StepSnapshot, StepStatus } from "../index.ts";
import { printableLine } from "../domain/printable.ts";
import type { RunRecord } from "./run-record.ts";
import type { TeamRun, TeamStep, TeamUpstream, WireStatus } from "./team-details.ts";

export function wireStatus(status: StepStatus): WireStatus {
  return status === "timedOut" ? "timed_out" : status;
}

export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

export function teamRun(run: RunSnapshot): TeamRun {
  const live = run.runningSteps().map(({ id }) => id);
  const { timedOut, ...counts }: StepCounts = run.counts;
  return {
    runId: run.id,
    objective: run.graph.objective,
    status: run.status,
    terminal: run.isEnded,
    createdAt: isoTime(run.startedAt),
    updatedAt: isoTime(run.updatedAt),
    ...(run.cleanupAt === undefined ? {} : { expiresAt: isoTime(run.cleanupAt) }),
    liveStepIds: live,
    sinkStepIds: run.sinks,
    lastEvent: run.activity,
    canMessage: run.status === "running" && live.length > 0,
    canCancel: run.canCancel,
    canCleanup: run.isEnded,
    counts: { ...counts, timed_out: timedOut },
    ...(run.usage === undefined ? {} : { usage: run.usage }),
  };
}

/** Where the texts of ended steps lie, and how long they are: found out before rows are made of them. */
export interface KnownOutput {
  readonly filePath: string | undefined;
  readonly chars: number | undefined;
}

export function teamSteps(run: RunSnapshot, record: RunRecord, outputs: ReadonlyMap<string, KnownOutput>): TeamStep[] {
  return Array.from(run.steps, (step) => teamStep(step, run, record, outputs));
}

function teamStep(
  step: StepSnapshot,
  run: RunSnapshot,
  record: RunRecord,
  outputs: ReadonlyMap<string, KnownOutput>,
): TeamStep {
  const { agent, needs = [], after = [], cwd } = step.definition;
  const definition = agent?.ref === undefined ? undefined : record.definitions.get(agent.ref);
  const model = agent?.model ?? definition?.model;
  const thinking = agent?.thinking ?? definition?.thinking;
  const tools = agent === undefined ? [] : toolProfile(agent, definition?.tools, run.graph.authority ?? {}).tools;
  const output = outputs.get(step.id);
  const message = errorMessageOf(step);
  const upstream = [...needs, ...after].map((id): TeamUpstream => {
    const from = run.steps.get(id);
    const known = outputs.get(id);
    return {
      stepId: id,
      status: from === undefined ? "missing" : wireStatus(from.status),
      ...(known?.filePath === undefined ? {} : { filePath: known.filePath }),
      ...(known?.chars === undefined ? {} : { chars: known.chars }),
    };
  });
  return {
    id: step.id,
    status: wireStatus(step.status),
    agentRef: agent?.ref ?? `inline:${step.id}`,
    ...(model === undefined ? {} : { model }),
    ...(thinking === undefined ? {} : { thinking }),
    effectiveTools: tools,
    extensionTools: agent?.extensionTools ?? [],
    callerSkills: agent === undefined ? [] : record.skills,
    needs,
    after,
    ...(step.startedAt === undefined ? {} : { startedAt: isoTime(step.startedAt) }),
    ...(step.endedAt === undefined ? {} : { endedAt: isoTime(step.endedAt) }),
    ...(step.activity === "" ? {} : { lastActivity: step.activity }),
    ...(message === undefined ? {} : { errorMessage: message }),
    ...(output?.filePath === undefined ? {} : { outputFilePath: output.filePath }),
    ...(output?.chars === undefined ? {} : { outputChars: output.chars }),
    taskPreview: taskPreview(agent?.task ?? ""),
    cwd: record.placeOf(cwd),
    ...(isStepEnded(step.status) ? { stopReason: message ?? wireStatus(step.status) } : {}),
    upstreamArtifacts: upstream,
    ...(step.usage === undefined ? {} : { usage: step.usage }),
  };
}

/** Why a step has no success; undefined where it has, or may still have. */
export function errorMessageOf({ status, failure, reason, blockedBy }: StepSnapshot): string | undefined {
  if (!isStepEnded(status) || status === "succeeded") return undefined;
  if (blockedBy !== undefined) {
    return `Blocked by ${blockedBy.map((blocker) => `${blocker.step} (${wireStatus(blocker.status)})`).join(", ")}.`;
  }
  return reason ?? failure?.message ?? status;
}

function taskPreview(task: string): string {
  const cut = task.length - limits.toolTaskCharsMax;
  const shown = printableLine(task, limits.toolTaskCharsMax);
  return cut > 0 ? `${shown} [${cut} more characters]` : shown;
}
