import { createHash } from "node:crypto";
import type { ArtifactRef } from "../../domain/artifact.ts";
import type { RunId } from "../../domain/ids.ts";
import { tampered } from "./artifact-errors.ts";

/**
 * Passes bytes on while it compares them with what the reference says of them.
 * @throws `artifact.tampered` as soon as there are too many bytes, else after the last one.
 */
export async function* verifyBytes(
  run: RunId,
  artifact: ArtifactRef,
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, void> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > artifact.bytes) throw tampered(run, artifact, `it has more than ${artifact.bytes} bytes`);
    hash.update(chunk);
    yield chunk;
  }
  if (bytes < artifact.bytes) throw tampered(run, artifact, `it has ${bytes} of ${artifact.bytes} bytes`);
  if (hash.digest("hex") !== artifact.sha256) throw tampered(run, artifact, "its bytes have another SHA-256");
}
