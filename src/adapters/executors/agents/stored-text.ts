import { limits } from "../../../domain/limits.ts";
import type { StoredOutput } from "../../../domain/output.ts";
import { storeOutput } from "../../../domain/stored-output.ts";
import type { Attempt } from "../../../ports/executor.ts";

/**
 * A text as the journal keeps it: itself while it is short, else in an artifact.
 * @throws what writing an artifact throws
 */
export async function storedText(attempt: Attempt, label: string, text: string): Promise<StoredOutput> {
  if (
    text.length <= limits.agentAnswerCharsMax &&
    Buffer.byteLength(JSON.stringify(text)) <= limits.inlinePayloadBytesMax
  ) {
    return { value: text };
  }
  const writer = await attempt.createArtifact(label);
  try {
    await writer.write(Buffer.from(text));
    return storeOutput(await writer.commit(), "text");
  } catch (error) {
    await writer.discard().catch(() => undefined);
    throw error;
  }
}
