import type { RecordedRun } from "../../protocol.ts";

/** The run that this page carries within itself; undefined for a page that asks its server. */
export function recordedRun(document: Document): RecordedRun | undefined {
  const element = document.querySelector('script[type="application/json"]#recorded-run');
  const text = element?.textContent;
  if (text === undefined || text === null) return undefined;
  const run: RecordedRun = JSON.parse(text);
  return run;
}
