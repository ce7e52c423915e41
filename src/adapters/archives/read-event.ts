import { checkGraph } from "../../domain/check-graph.ts";
import { isEventType } from "../../domain/event-types.ts";
import { isRunId } from "../../domain/ids.ts";
import { quotedText } from "../../domain/quoted-text.ts";
import type { RunEnd } from "../../domain/status.ts";
import { isRecord, type Fields } from "../../domain/fields.ts";

const runEnds: Readonly<Record<RunEnd, true>> = {
  succeeded: true,
  mixed: true,
  failed: true,
  canceled: true,
  expired: true,
};

/** The last time that a date can be made of. */
const timeMax = 8.64e15;

/** What is wrong with an event of a commit, as far as lists of runs and folds rely on it; undefined where nothing is. */
export function problemOfEvent(event: unknown): string | undefined {
  if (!isRecord(event)) return "one of its events is no object";
  const { type } = event;
  if (typeof type !== "string") return "one of its events has no type";
  if (!isEventType(type)) return `it holds an event of an unknown type, ${quotedText(type)}`;
  switch (type) {
    case "run.started":
      return problemOfIds(event) ?? problemOfOwner(event) ?? problemOfGraph(event["graph"]);
    case "run.forked":
      // Only an edited graph is in it.
      return (
        problemOfIds(event) ?? problemOfOwner(event) ?? ("graph" in event ? problemOfGraph(event["graph"]) : undefined)
      );
    case "run.recovered":
      return problemOfOwner(event);
    case "run.settled":
      return problemOfEnd(event);
    case "artifact.stored":
      return isArtifactRef(event["artifact"]) ? undefined : "it holds an artifact without name, size or hash";
    default:
      return undefined;
  }
}

/** Artifacts are kept under both. */
function problemOfIds({ run, life }: Fields): string | undefined {
  const areIds = [run, life].every((id) => typeof id === "string" && isRunId(id));
  return areIds ? undefined : "it names its run by what is no id";
}

function problemOfOwner({ owner }: Fields): string | undefined {
  const isOwner = isRecord(owner) && typeof owner["host"] === "string" && Number.isSafeInteger(owner["pid"]);
  return isOwner ? undefined : "its run has no owner";
}

function problemOfGraph(graph: unknown): string | undefined {
  if (!isRecord(graph)) return "its run has no graph";
  const { name, objective, steps } = graph;
  if (typeof name !== "string" || typeof objective !== "string" || !Array.isArray(steps)) return "its run has no graph";
  const finding = checkGraph(steps)[0];
  return finding === undefined
    ? undefined
    : `the graph of its run breaks a rule: ${finding.message.replace(/\.$/, "")}`;
}

function problemOfEnd({ status, cleanupAt }: Fields): string | undefined {
  if (typeof status !== "string" || !Object.hasOwn(runEnds, status)) return "it ends its run in no known way";
  const isTime = cleanupAt === undefined || (Number.isSafeInteger(cleanupAt) && Math.abs(Number(cleanupAt)) <= timeMax);
  return isTime ? undefined : "the time when its run is deleted is no time";
}

function isArtifactRef(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { name, bytes, sha256 } = value;
  return typeof name === "string" && Number.isSafeInteger(bytes) && typeof sha256 === "string";
}
