import { recordedEvents } from "../domain/commit.ts";
import { RunfoldError } from "../domain/errors.ts";
import type { Failure } from "../domain/failure.ts";
import type { StepId } from "../domain/ids.ts";
import type { Json } from "../domain/json.ts";
import { limits } from "../domain/limits.ts";
import type { SpilledPart, StoredOutput } from "../domain/output.ts";
import { loadOutput, spilledBytes } from "../domain/stored-output.ts";
import { cleanedUp } from "./journal-error.ts";
import type { StepSnapshot } from "../projections/step-snapshot.ts";
import type { ArtifactStore } from "../ports/artifact-store.ts";
import { readOwn } from "./read-own.ts";
import type { OwnRun } from "./read-own.ts";

/** How one step ended, with what it gave. */
export interface StepResult {
  readonly step: StepSnapshot;
  /** What a succeeded step gave, large parts still in artifacts. */
  readonly stored: StoredOutput | undefined;
  /** Likewise for what a step had until it failed: evidence, not a result. */
  readonly partial: StoredOutput | undefined;
  readonly failure: Failure | undefined;
}

/**
 * Reads a step's end from the journal: the views do not keep outputs.
 * @throws `run.cleaned`.
 */
export async function readResult(own: OwnRun, step: StepSnapshot): Promise<StepResult> {
  const at = step.endedAtPosition;
  const nothing: StepResult = { step, stored: undefined, partial: undefined, failure: step.failure };
  if (at === undefined) return nothing;
  const [commit] = await readOwn(own, at - 1, 1);
  if (commit === undefined) throw cleanedUp(own.run);
  for (const { event } of recordedEvents(commit, at - 1)) {
    if (event.type === "step.succeeded") return { ...nothing, stored: event.output };
    if (event.type === "step.failed" || event.type === "step.timedOut" || event.type === "step.canceled") {
      return { ...nothing, partial: event.partial };
    }
    break;
  }
  return nothing;
}

/**
 * A stored output as one value.
 * @throws `output.tooLarge` above `limits.loadedOutputBytesMax`; `artifact.unknown` and `artifact.tampered`.
 */
export async function loadStored(
  artifacts: ArtifactStore,
  place: string,
  step: StepId,
  stored: StoredOutput,
): Promise<Json> {
  const bytes = spilledBytes(stored);
  if (bytes > limits.loadedOutputBytesMax) {
    const message = `The output of step ${step} has ${bytes} bytes; at most ${limits.loadedOutputBytesMax} are loaded at once. Read its artifacts instead.`;
    throw new RunfoldError("output.tooLarge", message, { details: { step, bytes } });
  }
  const texts = new Map<SpilledPart, string>();
  for (const part of stored.spilled ?? []) {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of artifacts.read(place, part.artifact)) text += decoder.decode(chunk, { stream: true });
    texts.set(part, text + decoder.decode());
  }
  return loadOutput(stored, (part) => texts.get(part)!);
}
