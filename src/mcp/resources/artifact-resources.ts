import { isUtf8 } from "node:buffer";
import { ResourceTemplate, type McpServer } from "@modelcontextprotocol/server";
import { printableText } from "../../domain/printable.ts";
import { artifactPlace } from "../../domain/artifact.ts";
import { quotedText } from "../../domain/quoted-text.ts";
import { limits, RunfoldError, type ArtifactRef } from "../../index.ts";
import { findRun } from "../find-run.ts";
import type { McpHost } from "../host.ts";
import { answering } from "../resource-errors.ts";
import { artifactTemplate } from "../resource-uris.ts";
import { readPart } from "../stored-text.ts";

/**
 * What a run keeps outside its journal. A name is looked up in the list of that run's artifacts and never becomes a path: what is not
 * in the list is not there.
 */
export function offerArtifacts(server: McpServer, host: McpHost): void {
  server.registerResource(
    "run-artifact",
    new ResourceTemplate(artifactTemplate, { list: undefined }),
    {
      title: "Artifact of a run",
      description: `The first ${limits.mcpResourceBytesMax} bytes of an artifact, as step_result names it.`,
    },
    answering(host, async (uri, { runId, name = "" }) => {
      const { run, artifacts } = await findRun(host, runId ?? "");
      const place = artifactPlace(run.id, run.snapshot().life);
      const all = await artifacts.list(place);
      const artifact = all.find((one) => one.name === name);
      if (artifact === undefined) throw unknownArtifact(run.id, name, all);
      const bytes = await readPart(artifacts, place, artifact, limits.mcpResourceBytesMax, "start");
      return { contents: [contentOf(uri, artifact, bytes)] };
    }),
  );
}

/** Text without what steers a terminal; anything else byte by byte. */
function contentOf(uri: URL, artifact: ArtifactRef, bytes: Uint8Array) {
  const { bytes: total, sha256 } = artifact;
  const facts = { "runfold/bytes": total, "runfold/isCut": bytes.length < total, "runfold/sha256": sha256 };
  const head = { uri: uri.href, _meta: facts };
  if (!isUtf8(bytes)) {
    return { ...head, mimeType: "application/octet-stream", blob: Buffer.from(bytes).toString("base64") };
  }
  const mimeType = artifact.name.endsWith(".json") ? "application/json" : "text/plain";
  return { ...head, mimeType, text: printableText(Buffer.from(bytes).toString("utf8")) };
}

function unknownArtifact(run: string, name: string, all: readonly ArtifactRef[]): RunfoldError {
  const named = all.slice(0, limits.mcpNamesMax).map((one) => one.name);
  const more = all.length - named.length;
  const there =
    all.length === 0 ? "It has none." : `It has ${named.join(", ")}${more === 0 ? "" : `, and ${more} more`}.`;
  return new RunfoldError("artifact.unknown", `Run ${run} has no artifact ${quotedText(name)}. ${there}`);
}
