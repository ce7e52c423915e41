import type { EpochMs } from "../../../domain/ids.ts";
import type { Attempt, AttemptResult } from "../../../ports/executor.ts";
import { reasonOf } from "./reason-of.ts";
import type { Handoff } from "./handoff.ts";
import { oneLineJson } from "./one-line-json.ts";
import { wireStatus } from "./upstream-block.ts";

/** All that is worth reading about one attempt of an agent. */
export interface FinalReport {
  readonly attempt: Attempt;
  readonly result: AttemptResult;
  /** Its answer, or what it left. */
  readonly body: string;
  readonly agentRef: string;
  readonly agentSource: string;
  readonly cwd: string;
  readonly startedAt: EpochMs;
  readonly endedAt: EpochMs;
  /** Undefined where it did not come so far. */
  readonly handoff: Handoff | undefined;
  readonly stderrTail: string;
}

/** Writes the report as the artifact `final.md`. That it cannot be written is told, and fails nothing. */
export async function writeFinalArtifact(report: FinalReport): Promise<void> {
  const { attempt } = report;
  try {
    const writer = await attempt.createArtifact("final.md");
    try {
      await writer.write(Buffer.from(finalText(report)));
      await writer.commit();
    } catch (error) {
      await writer.discard().catch(() => undefined);
      throw error;
    }
  } catch (error) {
    attempt.diagnostic("step-final-artifact-failed", "warning", `final.md could not be written: ${reasonOf(error)}`);
  }
}

function finalText(report: FinalReport): string {
  const { attempt, result, body, stderrTail } = report;
  const { step } = attempt;
  const isSucceeded = result.type === "succeeded";
  const sections = [
    `# ${step.id}, attempt ${attempt.number}`,
    facts(report).join("\n"),
    `## Upstream\n\n${upstreamLines(report.handoff).join("\n")}`,
    `## Task\n\n${step.agent?.task ?? ""}`,
    `## ${isSucceeded ? "Answer" : "What it left, which is no answer"}\n\n${body.trim() === "" ? "Nothing." : body}`,
  ];
  if (stderrTail.trim() !== "") sections.push(`## The newest of what its program wrote to stderr\n\n${stderrTail}`);
  return `${sections.join("\n\n")}\n`;
}

function facts({ attempt, result, ...report }: FinalReport): readonly string[] {
  const { step, graph } = attempt;
  const failure = result.type === "failed" ? result.failure : undefined;
  const status = failure === undefined ? "succeeded" : statusOf(failure.kind);
  const pairs: readonly (readonly [string, string])[] = [
    ["runId", attempt.run],
    ["objective", oneLineJson(graph.objective)],
    ["stepId", step.id],
    ["status", status],
    ["stopReason", failure === undefined ? status : oneLineJson(failure.message)],
    ["agentRef", report.agentRef],
    ["agentSource", report.agentSource],
    ["cwd", oneLineJson(report.cwd)],
    ["needs", listed(step.needs)],
    ["after", listed(step.after)],
    ["startedAt", new Date(report.startedAt).toISOString()],
    ["endedAt", new Date(report.endedAt).toISOString()],
    ...Object.entries(result.usage ?? {}).map(([name, value]) => [name, String(value)] as const),
  ];
  return pairs.map(([name, value]) => `- ${name}: ${value}`);
}

/** What the step comes to be by this attempt; a further one may still change it. */
function statusOf(kind: string): string {
  if (kind === "timedOut") return "timed_out";
  return kind === "aborted" ? "canceled" : "failed";
}

function upstreamLines(handoff: Handoff | undefined): readonly string[] {
  const lines = (handoff?.upstream ?? []).map(({ step, status, length, path }) => {
    const place = path === undefined ? "none" : oneLineJson(path);
    return `- ${step}: ${wireStatus(status)}, ${place}, ${length ?? "no output"}`;
  });
  const unlisted = handoff?.unlisted ?? 0;
  if (unlisted > 0) lines.push(`- and ${unlisted} more`);
  return lines.length === 0 ? ["none"] : lines;
}

function listed(ids: readonly string[] | undefined): string {
  return ids === undefined || ids.length === 0 ? "none" : ids.join(", ");
}
