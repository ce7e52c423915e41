import { positional, type Execute, type Invocation } from "../command.ts";
import { exitCodes, type ExitCode } from "../exit-codes.ts";
import { findRun, openRuns, type OpenRuns } from "../open-journal.ts";
import { printableText } from "../printable.ts";
import { saidByStep } from "../../surfaces/said.ts";
import { exitCodeIn, isCommandStep, outputText } from "../../surfaces/output-text.ts";
import { wireStep } from "../../surfaces/wire.ts";
import { loadStored } from "../../actors/step-output.ts";
import { artifactPlace } from "../../domain/artifact.ts";
import { isStepEnded } from "../../domain/status.ts";
import { spilledAt } from "../../domain/stored-output.ts";
import { isRunfoldError, type ArtifactRef, type Json, type StepResult, type StoredOutput } from "../../index.ts";

/** The runs, and where the artifacts of the one in question are kept. */
type KeptRuns = OpenRuns & { readonly place: string };

/** Of what a step had before it failed, so much is shown, from the end; `--json` has all. */
const evidenceCharsMax = 4_000;

export const execute: Execute = async (invocation) => {
  await using open = await openRuns(invocation.db, "read");
  const run = await findRun(open, positional(invocation, 0));
  const result = await run.result(positional(invocation, 1));
  const kept: KeptRuns = { ...open, place: artifactPlace(run.id, run.snapshot().life) };
  // Awaited here: the database is closed when this returns.
  if (invocation.isJson) return await printJson(run.id, result, kept, invocation);
  if (result.stored === undefined) return await explain(run.id, result, kept, invocation);
  await printOutput(result, result.stored, kept, invocation);
  return exitCodes.done;
};

async function printJson(run: string, result: StepResult, open: KeptRuns, { out }: Invocation): Promise<ExitCode> {
  const { step, stored, partial, failure } = result;
  const output = await loaded(step.id, stored, open);
  const evidence = await loaded(step.id, partial, open);
  const artifacts = await Promise.all(
    [...(stored?.spilled ?? []), ...(partial?.spilled ?? [])].map(async ({ pointer, artifact, encoding }) => ({
      ...artifact,
      pointer,
      encoding,
      path: await pathOf(artifact, open),
    })),
  );
  await out.line(
    JSON.stringify({
      run,
      step: wireStep(step),
      output: output?.value,
      isOutputWhole: output?.isWhole,
      exitCode: failure?.exitCode ?? exitCodeIn(output?.value),
      failure,
      partial: evidence?.value,
      artifacts,
    }),
  );
  return exitCodes.done;
}

/** Prints the whole output, however large: what lies in an artifact is passed on as it is read. */
async function printOutput({ step }: StepResult, stored: StoredOutput, open: KeptRuns, invocation: Invocation) {
  const { out } = invocation;
  const isCommand = isCommandStep(step.definition);
  const spilled = spilledAt(stored, isCommand ? "/stdout" : "") ?? spilledAt(stored, "");
  // A terminal is shown no control characters of others; a file or a pipe gets every byte.
  if (spilled?.encoding === "text" && !out.isTTY) {
    const decoder = new TextDecoder("utf-8", { fatal: true });
    let isText = true;
    for await (const chunk of open.artifacts.read(open.place, spilled.artifact)) {
      isText &&= isDecodable(decoder, chunk);
      await out.write(chunk);
    }
    // Texts are kept without their last line break; bytes that are no text must not get one that they never had.
    if (isText) await out.write("\n");
    return;
  }
  const text = outputText(await loadStored(open.artifacts, open.place, step.id, stored), isCommand);
  await out.write(text === "" ? "" : `${out.isTTY ? printableText(text) : text}\n`);
}

/** There is no result: says why on stderr, so that nothing is taken for one. */
async function explain(run: string, result: StepResult, open: KeptRuns, { err }: Invocation): Promise<ExitCode> {
  const { step, partial, failure } = result;
  if (!isStepEnded(step.status)) {
    const wait = `Wait for it with runfold status ${run} --step ${step.id} --wait 60.`;
    await err.line(`Step ${step.id} of run ${run} has not ended: it is ${step.status}. ${wait}`);
    return exitCodes.failed;
  }
  await err.line(`Step ${step.id} of run ${run} gave no result: ${saidByStep(step)}`);
  if (failure !== undefined) await err.line(printableText(failure.message));
  const evidence = await loaded(step.id, partial, open);
  const text = evidence === undefined ? "" : outputText(evidence.value, isCommandStep(step.definition));
  if (text !== "") {
    const shown = text.slice(-evidenceCharsMax);
    const cut = shown.length < text.length ? `, its last ${shown.length} characters` : "";
    await err.line(`What it had written until then${cut}:\n${printableText(shown)}`);
  }
  return exitCodes.failed;
}

interface LoadedOutput {
  readonly value: Json;
  /** False where parts were too large, or are gone: they stand as `null`, and the list of artifacts names them. */
  readonly isWhole: boolean;
}

async function loaded(
  step: string,
  stored: StoredOutput | undefined,
  { artifacts, place }: KeptRuns,
): Promise<LoadedOutput | undefined> {
  if (stored === undefined) return undefined;
  try {
    return { value: await loadStored(artifacts, place, step, stored), isWhole: true };
  } catch (error) {
    if (!isRunfoldError(error)) throw error;
    return { value: stored.value, isWhole: false };
  }
}

async function pathOf(artifact: ArtifactRef, { artifacts, place }: KeptRuns): Promise<string | undefined> {
  try {
    return await artifacts.path(place, artifact);
  } catch (error) {
    if (!isRunfoldError(error)) throw error;
    return undefined;
  }
}

function isDecodable(decoder: InstanceType<typeof TextDecoder>, chunk: Uint8Array): boolean {
  try {
    decoder.decode(chunk, { stream: true });
    return true;
  } catch {
    return false;
  }
}
