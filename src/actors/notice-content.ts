import { artifactPlace } from "../domain/artifact.ts";
import { cursorAt } from "../domain/cursor.ts";
import type { RunId } from "../domain/ids.ts";
import { limits } from "../domain/limits.ts";
import type { Notice, NoticeArtifact, NoticeOutput, NoticeSummary, QueuedNotice } from "../domain/notice.ts";
import { spilledBytes } from "../domain/stored-output.ts";
import { planOf } from "../machines/plan.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import type { Journal } from "../ports/journal.ts";
import type { StepSnapshot } from "../projections/step-snapshot.ts";
import type { RunStream } from "./run-stream.ts";
import { readResult } from "./step-output.ts";

/** Where the content of a run's notices comes from. */
export interface NoticeSource {
  readonly run: RunId;
  readonly stream: RunStream;
  readonly journal: Journal;
  readonly artifacts: ArtifactStore;
}

/** What a subscriber gets. Reads the results' sizes from the journal; where the run is cleaned up by then, they are left out. */
export async function noticeOf(source: NoticeSource, queued: QueuedNotice, attempt: number): Promise<Notice> {
  const { run, stream } = source;
  const { view } = stream;
  const { graph, life } = view.snapshot();
  const { notice, isTerminal, status = "running", reasons, omittedReasons = 0, isLast = false, position, at } = queued;
  return {
    key: `${run}.${life}.${notice}`,
    run,
    name: graph.name,
    notice,
    mode: planOf(graph).notices.mode,
    isTerminal,
    status,
    reasons,
    omittedReasons,
    isLast,
    at,
    // The end that a notice tells of is the event after it.
    cursor: cursorAt(run, life, isTerminal ? position + 1 : position),
    attempt,
    summary: await summaryOf(source, isTerminal),
  };
}

async function summaryOf(source: NoticeSource, withPaths: boolean): Promise<NoticeSummary> {
  const { view } = source.stream;
  const { status, position, counts, sinks } = view.snapshot();
  const ended: StepSnapshot[] = [];
  let omittedOutputs = 0;
  for (const sink of sinks) {
    const step = view.step(sink);
    if (step?.endedAtPosition === undefined) continue;
    if (ended.length < limits.noticeSinksMax) ended.push(step);
    else omittedOutputs++;
  }
  const outputs: NoticeOutput[] = [];
  for (const step of ended) outputs.push(await outputOf(source, step, withPaths));
  return { status, position, counts, outputs, omittedOutputs };
}

async function outputOf(source: NoticeSource, step: StepSnapshot, withPaths: boolean): Promise<NoticeOutput> {
  const { run, journal, stream, artifacts } = source;
  const { id, status } = step;
  if (status !== "succeeded") return { step: id, status };
  const { life } = stream.view;
  const result = await readResult({ run, journal, life }, step).catch(() => undefined);
  const stored = result?.stored;
  if (stored === undefined) return { step: id, status };
  const bytes = new TextEncoder().encode(JSON.stringify(stored.value)).length + spilledBytes(stored);
  if (stored.spilled === undefined) return { step: id, status, bytes };
  const kept: NoticeArtifact[] = [];
  for (const { artifact } of stored.spilled) {
    const path = withPaths
      ? await artifacts.path(artifactPlace(run, life), artifact).catch(() => undefined)
      : undefined;
    kept.push({ ...artifact, ...(path === undefined ? {} : { path }) });
  }
  return { step: id, status, bytes, artifacts: kept };
}
