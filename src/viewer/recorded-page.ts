import { limits, RunfoldError, type ArtifactRef, type ArtifactStore, type Run, type RunSnapshot } from "../index.ts";
import { headOf } from "../domain/cut-text.ts";
import { inlinePage } from "./inline-page.ts";
import { readPage } from "./page-files.ts";
import type { RecordedRun } from "./protocol.ts";
import { recordedArtifacts } from "./recorded-artifacts.ts";

export interface RecordedPageOptions {
  /** The store that the runtime was opened with. Default: none, and all artifacts are left out. */
  readonly artifacts?: ArtifactStore;
  /** Where the built page lies. Default: in this package. */
  readonly pageDirectory?: string;
  /** Why the run that is given is not the whole one, in sentences that the page shows to whoever reads it. Default: it is whole. */
  readonly cutBecause?: string;
}

const objectiveCharsMax = 200;

/**
 * A page with one run in it, as it is now, as lines of HTML: one document that asks nobody for anything. Artifacts that are texts come along
 * as far as there is room; the names of the others do. Nothing is read before the first line is asked for.
 * @throws `viewer.unavailable`; `viewer.invalid` for a run of more than `limits.viewerFileEventsCharsMax`; `run.cleaned` when it is deleted
 * meanwhile; what the journal and the artifact store refuse with.
 */
export async function* recordedPage(run: Run, options: RecordedPageOptions = {}): AsyncGenerator<string, void> {
  const { before, after } = inlinePage(readPage(options.pageDirectory));
  const now = run.snapshot();
  yield `${before}<script type="application/json" id="recorded-run">`;
  const { id, position } = now;
  yield `{"id":${inScript(id)},"summary":${inScript(summaryOf(now))},"events":[`;
  const named: ArtifactRef[] = [];
  let chars = 0;
  for await (const { cursor: _, ...recorded } of run.events()) {
    if (recorded.position > position) break;
    if (recorded.event.type === "artifact.stored") named.push(recorded.event.artifact);
    const json = inScript(recorded);
    chars += json.length;
    if (chars > limits.viewerFileEventsCharsMax) throw tooLarge(now);
    yield recorded.position < position ? `${json},` : json;
    if (recorded.position === position) break;
  }
  yield `],"artifacts":{`;
  const leftOut: string[] = [];
  let separator = "";
  for await (const { name, text } of recordedArtifacts(run, named, options.artifacts)) {
    if (text === undefined) leftOut.push(name);
    else yield `${separator}${inScript(name)}:${inScript(text)}`;
    if (text !== undefined) separator = ",";
  }
  const { cutBecause } = options;
  const cut = cutBecause === undefined ? "" : `,"cutBecause":${inScript(cutBecause)}`;
  yield `},"artifactsLeftOut":${inScript(leftOut)},"writtenAtPosition":${position}${cut}}</script>`;
  yield after;
}

/**
 * JSON that stands in a script element: no text in it can end the element, or open a comment there. JSON has this character in texts alone,
 * where it may be escaped.
 */
function inScript(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll("<", String.raw`\u003c`)
    .replaceAll("\u2028", String.raw`\u2028`)
    .replaceAll("\u2029", String.raw`\u2029`);
}

function summaryOf(run: RunSnapshot): RecordedRun["summary"] {
  const { id, life, graph, status, startedAt, updatedAt, cleanupAt, isCleaned, counts, steps } = run;
  return {
    id,
    life,
    name: graph.name,
    objective: headOf(graph.objective, objectiveCharsMax),
    status,
    startedAt,
    updatedAt,
    ...(cleanupAt === undefined ? {} : { cleanupAt }),
    ...(isCleaned ? { isCleaned } : {}),
    steps: {
      total: steps.length,
      running: counts.running,
      ended: steps.length - counts.pending - counts.running,
      succeeded: counts.succeeded,
    },
  };
}

function tooLarge({ id }: RunSnapshot): RunfoldError {
  const message = `Run ${id} is too large for a page: its events have more than ${limits.viewerFileEventsCharsMax} characters. Export it without a page.`;
  return new RunfoldError("viewer.invalid", message, { details: { run: id } });
}
