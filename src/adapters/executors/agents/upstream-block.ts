import { limits } from "../../../domain/limits.ts";
import type { StepStatus } from "../../../domain/status.ts";
import type { Attempt, Upstream } from "../../../ports/executor.ts";
import { cutText, headOf } from "./cut-text.ts";
import { marked } from "./markers.ts";
import { oneLineJson } from "./one-line-json.ts";
import type { Scratch } from "./scratch.ts";
import { upstreamText, type UpstreamText } from "./upstream-text.ts";

/** What one step before this one is shown as. */
export interface UpstreamBlock {
  readonly text: string;
  /** How much of it is somebody else's text, which the cap counts. */
  readonly chars: number;
  /** Whether there was more to show, for which the cap left no room. */
  readonly isShortened: boolean;
}

/** A reason that stands for a step where there is no room for more. */
const shortReasonChars = 200;

/** Shows one step before this one in at most `room` characters of its text, or in a line where there is no room. */
export async function upstreamBlock(
  attempt: Attempt,
  scratch: Scratch,
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
    return { text: parts.join("\n\n"), chars, isShortened };
  }
  const part = upstream.output === undefined ? "partial output" : "output";
  if (part === "partial output") parts.push("It did not get to a final answer. This is what it had until then; take it as evidence, not as a result:");
  const found = await upstreamText(attempt, stored);
  const left = room - chars;
  if (found.type === "whole" && found.text.length <= Math.min(limits.handoffCharsPerDependency, left)) {
    add(part, found.text);
  } else {
    const length = found.type === "whole" ? `${found.text.length} characters` : `${found.artifact.bytes} bytes`;
    const file = oneLineJson(await fileOf(attempt, scratch, upstream, found));
    if (left >= limits.handoffHeadChars) {
      const head = found.type === "whole" ? headOf(found.text, limits.handoffHeadChars) : found.head;
      add(part, head);
      parts.push(`Only the first ${head.length} characters are shown. The whole has ${length}; it is in the file ${file}.`);
      isShortened ||= found.type === "whole" && found.text.length <= limits.handoffCharsPerDependency;
    } else {
      parts.push(`Its ${part} is not shown here. It has ${length}; it is in the file ${file}.`);
      isShortened = true;
    }
  }
  if (found.note !== "") parts.push(found.note);
  return { text: parts.join("\n\n"), chars, isShortened };
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

/** A file with all of the text: that of its artifact, else a private one. */
async function fileOf(attempt: Attempt, scratch: Scratch, { step }: Upstream, found: UpstreamText): Promise<string> {
  const { artifact } = found;
  const path = artifact && (await attempt.artifactPath(artifact));
  if (path !== undefined) return path;
  const name = `input-${step}.txt`;
  return await scratch.write(name, found.type === "whole" ? found.text : attempt.readArtifact(found.artifact));
}
