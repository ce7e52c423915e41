import type { RunId } from "../index.ts";

/** Addresses of what this server gives to read. Names are those of runs and their artifacts, never paths. */
export const graphSchemaUri = "runfold://schema/graph";
export const graphTemplate = "runfold://runs/{runId}/graph";
export const eventsTemplate = "runfold://runs/{runId}/events";
export const laterEventsTemplate = "runfold://runs/{runId}/events?after={after}";
export const artifactTemplate = "runfold://runs/{runId}/artifacts/{name}";

export function graphUri(run: RunId): string {
  return `runfold://runs/${run}/graph`;
}

export function laterEventsUri(run: RunId, after: string): string {
  return `runfold://runs/${run}/events?after=${encodeURIComponent(after)}`;
}

export function artifactUri(run: RunId, name: string): string {
  return `runfold://runs/${run}/artifacts/${encodeURIComponent(name)}`;
}
