import type { StepId } from "../../../domain/ids.ts";
import { limits } from "../../../domain/limits.ts";
import type { StepStatus } from "../../../domain/status.ts";
import type { Attempt, Upstream } from "../../../ports/executor.ts";
import type { PrivateFiles } from "../processes/private-files.ts";
import { cutText, headOf } from "../../../domain/cut-text.ts";
import { marked } from "./markers.ts";
import { oneLineJson } from "./one-line-json.ts";
import { upstreamText, type UpstreamText } from "./upstream-text.ts";

/** What one step before this one is shown as. */
export interface UpstreamBlock {
  readonly text: string;
  /** How much of it is somebody else's text, which the cap counts. */
  readonly chars: number;
  /** Whether there was more to show, for which the cap left no room. */
  readonly isShortened: boolean;
  readonly fact: UpstreamFact;
}

/** What is known of a step's output beside its text. */
export interface UpstreamFact {
  readonly step: StepId;
  readonly status: StepStatus;
  /** Such as `1200 characters`; undefined where there is no output. */
  readonly length: string | undefined;
  /** Of its artifact, which lasts as long as the run; undefined where it has none, or the store keeps no files. */
  readonly path: string | undefined;
}

/** A reason that stands for a step where there is no room for more. */
const shortReasonChars = 200;

/** Shows one step before this one in at most `room` characters of its text, or in a line where there is no room. */
export async function upstreamBlock(
  attempt: Attempt,
  files: PrivateFiles,
  upstream: Upstream,
  room: number,
): Promise<UpstreamBlock> {
  const { step, status } = upstream;
  const parts = [`## Step ${step}: ${wireStatus(status)}`];
  let chars = 0;
  let isShortened = false;
  const add = (part: Parameters<typeof marked>[0], text: string): void => {
    parts.push(marked(part, step, text));
    chars += text.length;
  };

  const reason = failureText(upstream);
  if (reason !== undefined) {
    isShortened = reason.length > room;
    add("failure", isShortened ? cutText(reason, shortReasonChars) : reason);
  }
  const stored = upstream.output ?? upstream.partial;
  if (stored === undefined) {
    parts.push(upstream.status === "succeeded" ? "It gave no output." : "It left no output.");
    return { text: parts.join("\n\n"), chars, isShortened, fact: { step, status, length: undefined, path: undefined } };
  }
  const part = upstream.output === undefined ? "partial output" : "output";
  if (part === "partial output")
    parts.push(
      "It did not get to a final answer. This is what it had until then; take it as evidence, not as a result:",
    );
  const found = await upstreamText(attempt, stored);
  const length = found.type === "whole" ? `${found.text.length} characters` : `${found.artifact.bytes} bytes`;
  const path = found.artifact && (await attempt.artifactPath(found.artifact));
  const left = room - chars;
  if (found.type === "whole" && found.text.length <= Math.min(limits.handoffDependencyCharsMax, left)) {
    add(part, found.text);
  } else {
    const file = oneLineJson(path ?? (await privateFile(attempt, files, upstream, found)));
    if (left >= limits.handoffHeadCharsMax) {
      const head = found.type === "whole" ? headOf(found.text, limits.handoffHeadCharsMax) : found.head;
      add(part, head);
      parts.push(
        `Only the first ${head.length} characters are shown. The whole has ${length}; it is in the file ${file}.`,
      );
      isShortened ||= found.type === "whole" && found.text.length <= limits.handoffDependencyCharsMax;
    } else {
      parts.push(`Its ${part} is not shown here. It has ${length}; it is in the file ${file}.`);
      isShortened = true;
    }
  }
  if (found.note !== "") parts.push(found.note);
  return { text: parts.join("\n\n"), chars, isShortened, fact: { step, status, length, path } };
}

/** A status as the outside knows it. */
export function wireStatus(status: StepStatus): string {
  return status === "timedOut" ? "timed_out" : status;
}

/** Why a step did not succeed; undefined where it did. */
export function failureText({ status, failure, reason }: Upstream): string | undefined {
  if (status === "succeeded") return undefined;
  if (failure === undefined) return cutText(reason ?? "No reason was recorded.", limits.failureMessageCharsMax);
  const code = failure.code === undefined ? "" : ` (${failure.code})`;
  return cutText(`${failure.kind}${code}: ${failure.message}`, limits.failureMessageCharsMax);
}

/** A file of this attempt with all of the text. */
async function privateFile(
  attempt: Attempt,
  files: PrivateFiles,
  { step }: Upstream,
  found: UpstreamText,
): Promise<string> {
  const content = found.type === "whole" ? [Buffer.from(found.text)] : attempt.readArtifact(found.artifact);
  return await files.write(`input-${step}.txt`, content);
}
