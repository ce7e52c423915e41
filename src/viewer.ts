import { systemClock } from "./adapters/clocks/system-clock.ts";
import type { Runtime } from "./index.ts";
import { makeViewer, type Viewer, type ViewerOptions } from "./viewer/create-viewer.ts";

/** The entry point `runfold/viewer`: the runs of a runtime as a page on this machine, and one run as a page in a file. */
export type { Viewer, ViewerOptions } from "./viewer/create-viewer.ts";
export { recordedPage } from "./viewer/recorded-page.ts";
export type { RecordedPageOptions } from "./viewer/recorded-page.ts";

/**
 * A viewer of a runtime's runs, which does not listen yet.
 * @throws `viewer.invalid` for a token that is none; `viewer.unavailable` where the page was not built.
 */
export function createViewer(runtime: Runtime, options: ViewerOptions = {}): Viewer {
  return makeViewer(runtime, options.clock ?? systemClock(), options);
}
