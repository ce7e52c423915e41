import { isRunId, type RunId } from "../../domain/ids.ts";
import { archiveVersion } from "./archive-format.ts";
import { refused } from "../../domain/archive-refusals.ts";
import { isRecord } from "../../domain/fields.ts";
import { parsed, written } from "./read-json.ts";

/** What the first line promises of the others. */
export interface Promised {
  readonly run: RunId;
  readonly commits: number;
  /** As JSON text; what the commits name must be the same. */
  readonly artifacts: string | undefined;
}

const notAnArchive = "Give a file that runfold export has written";

/** @throws `archive.invalid` for anything but the header of a whole run in the format of this version. */
export function readHeader(text: string): Promised {
  if (text.startsWith("\uFEFF")) {
    throw refused(1, "it begins with a byte order mark, which no export has", {
      advice: "Get the file again, without a program that saves it anew",
    });
  }
  const header = parsed(text, () => refused(1, "it is not JSON", { advice: notAnArchive }));
  if (!isRecord(header) || header["runfold"] !== "export") {
    throw refused(1, "it is not the first line of an exported run", { advice: notAnArchive });
  }
  const { version, run, commits, artifacts, isDamaged } = header;
  if (version !== archiveVersion) throw refused(1, ...unknownVersion(version));
  if (isDamaged !== undefined) {
    throw refused(1, "it says that the file is only the part of a run that stood before a damage", {
      advice:
        "Read it with any program that reads JSON; to import the run, export it from a whole copy of its database",
    });
  }
  const id = isRecord(run) ? run["id"] : undefined;
  if (typeof id !== "string" || !isRunId(id)) throw refused(1, "it names no run");
  if (typeof commits !== "number" || !Number.isSafeInteger(commits) || commits < 1) {
    throw refused(1, "it does not say how many commits there are");
  }
  return { run: id, commits, artifacts: written(() => JSON.stringify(artifacts)) };
}

function unknownVersion(version: unknown): [why: string, options: { readonly advice?: string }] {
  if (version === 1) {
    return [
      "the file has version 1 of the format, which has no hashes to check it by",
      { advice: "Export the run again with this version of Runfold" },
    ];
  }
  if (typeof version !== "number") return ["it does not say which version of the format the file has", {}];
  return [
    `the file has version ${version} of the format, and this Runfold knows ${archiveVersion}`,
    { advice: "Import it with the version of Runfold that wrote it, or a later one" },
  ];
}
