import { artifactPlace } from "../domain/artifact.ts";
import { cutBytes } from "../domain/cut-bytes.ts";
import { quotedText } from "../domain/quoted-text.ts";
import { limits, RunfoldError, type ArtifactStore, type Run } from "../index.ts";

/**
 * The first bytes of an artifact as text; where that is not all, a line at the end says how much is left out. A name is looked up
 * in the list of the run's artifacts, and never becomes a path.
 * @throws `artifact.unknown`, `artifact.tampered`, `artifact.failed`
 */
export async function artifactText(run: Run, name: string, artifacts: ArtifactStore | undefined): Promise<Buffer> {
  const place = artifactPlace(run.id, run.snapshot().life);
  const artifact = (await artifacts?.list(place))?.find((one) => one.name === name);
  if (artifacts === undefined || artifact === undefined) {
    throw new RunfoldError("artifact.unknown", `Run ${run.id} has no artifact ${quotedText(name)} here.`);
  }
  const head = await headOf(artifacts.read(place, artifact), limits.viewerArtifactBytesMax);
  const leftOut = artifact.bytes - head.length;
  if (leftOut <= 0) return head;
  return Buffer.concat([head, Buffer.from(`\n… ${leftOut} of ${artifact.bytes} bytes were left out here.\n`)]);
}

/** The first bytes, without half a character at the end. */
export async function headOf(chunks: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Buffer> {
  const held: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    held.push(chunk);
    bytes += chunk.length;
    if (bytes > bytesMax) break;
  }
  return Buffer.from(cutBytes(Buffer.concat(held), bytesMax, "start"));
}
