import type { JSX } from "preact";
import { limits } from "../../../domain/limits.ts";
import { isRunEnded } from "../../../domain/status.ts";
import type { ListedRun } from "../../protocol.ts";
import type { AppModel } from "../state/app-model.ts";
import { countText, timeText } from "../text/format.ts";
import { visibleLine } from "../text/visible-text.ts";
import { StatusMark } from "./status-mark.tsx";
import { ThemeButton } from "./theme-button.tsx";

/** All runs of the journal, newest first. */
export function RunsPage({ app }: { readonly app: AppModel }): JSX.Element {
  const message = app.runs.value;
  const wanted = app.search.value.trim().toLowerCase();
  const runs = (message?.runs ?? []).filter((run) => wanted === "" || searchedText(run).includes(wanted));
  return (
    <main class="runs-page">
      <header class="bar">
        <h1>Runs</h1>
        <input
          type="search"
          class="search"
          placeholder="Search by name, id, objective or status"
          aria-label="Search runs"
          value={app.search.value}
          onInput={(event) => (app.search.value = event.currentTarget.value)}
        />
        <span class="grow" />
        {message?.isReadOnly === true ? <span class="badge">read only</span> : null}
        <span class={`connection ${app.runsState.value === "open" ? "live" : app.runsState.value}`} role="status">
          {stateTexts[app.runsState.value]}
        </span>
        <ThemeButton app={app} />
      </header>
      <RunsTable runs={runs} />
      <p class="note" role="status">
        {message === undefined ? "Loading…" : noteOn(runs.length, message.runs.length)}
      </p>
      {message?.areMore === true ? <OlderRuns app={app} /> : null}
    </main>
  );
}

/** There are older runs than those that are listed. */
function OlderRuns({ app }: { readonly app: AppModel }): JSX.Element {
  const limit = app.runsLimit.value;
  if (limit >= limits.viewerRunsMax) {
    return <p class="note">{`Older ones than these ${countText(limit)} are not listed; runfold runs lists all.`}</p>;
  }
  return (
    <button type="button" class="more" onClick={() => app.moreRuns()}>
      Show older runs
    </button>
  );
}

const stateTexts = { connecting: "connecting…", open: "live", reconnecting: "reconnecting…", closed: "" } as const;

function searchedText({ summary }: ListedRun): string {
  return `${summary.id} ${summary.name} ${summary.objective} ${summary.status}`.toLowerCase();
}

function noteOn(shown: number, all: number): string {
  if (all === 0) return "There are no runs yet. Start one with runfold run GRAPH.json.";
  if (shown === all) return `${countText(all)} ${all === 1 ? "run" : "runs"}`;
  return shown === 0 ? "No run fits the search." : `${countText(shown)} of ${countText(all)} runs`;
}

function RunsTable({ runs }: { readonly runs: readonly ListedRun[] }): JSX.Element | null {
  if (runs.length === 0) return null;
  return (
    <table class="runs">
      <thead>
        <tr>
          <th scope="col">Status</th>
          <th scope="col">Run</th>
          <th scope="col">Graph</th>
          <th scope="col">Steps</th>
          <th scope="col">Started</th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run) => (
          <RunRow key={run.summary.life} run={run} />
        ))}
      </tbody>
    </table>
  );
}

function RunRow({ run: { summary, isLive } }: { readonly run: ListedRun }): JSX.Element {
  const { id, name, objective, status, steps, startedAt } = summary;
  return (
    <tr>
      <td>
        <StatusMark status={status} />
        {isLive ? <span class="badge live">live</span> : null}
        {isLive || isRunEnded(status) ? null : <span class="badge">its process is gone</span>}
        {summary.isCleaned === true ? <span class="badge">cleaned</span> : null}
      </td>
      <td>
        <a href={`#${id}`}>{id}</a>
      </td>
      <td class="wide">
        <span class="name">{visibleLine(name)}</span>
        <span class="objective">{visibleLine(objective)}</span>
      </td>
      <td class="number">
        <progress max={steps.total} value={steps.ended} aria-label={`${steps.ended} of ${steps.total} steps ended`} />
        {`${countText(steps.ended)} / ${countText(steps.total)}`}
      </td>
      <td class="number">{timeText(startedAt)}</td>
    </tr>
  );
}
