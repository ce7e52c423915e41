import type { RunId } from "../domain/ids.ts";

const idsShownMax = 10;

/** What to tell of unfinished runs that came from files, and wait until someone asks for them by name; empty where there are none. */
export function importedText(runs: readonly RunId[]): string {
  const [first] = runs;
  if (first === undefined) return "";
  if (runs.length === 1) {
    return `1 unfinished run came from a file and is left as it is: ${first}. Its commands are the file's: go on with it with runfold resume ${first}`;
  }
  const more = runs.length > idsShownMax ? ` and ${runs.length - idsShownMax} more` : "";
  const ids = `${runs.slice(0, idsShownMax).join(", ")}${more}`;
  return `${runs.length} unfinished runs came from files and are left as they are: ${ids}. Their commands are the files': go on with one by runfold resume RUN`;
}

/** The line that programs get for one of them. */
export function importedLine(run: RunId): string {
  return JSON.stringify({ left: { run, reason: "imported", message: importedText([run]) } });
}
