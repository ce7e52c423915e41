import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { stepStatuses, type StepStatus } from "../../../domain/status.ts";
import type { AppModel } from "../state/app-model.ts";
import type { Connection, RunModel } from "../state/run-model.ts";
import type { RunSession } from "../state/run-session.ts";
import { countText, durationText, statusText } from "../text/format.ts";
import { visibleLine } from "../text/visible-text.ts";
import { CancelDialog } from "./cancel-dialog.tsx";
import { StatusMark, StatusSign } from "./status-mark.tsx";
import { ThemeButton } from "./theme-button.tsx";

/** Which run it is, how it stands, how many steps are in which status, and what can be done. */
export function RunHeader({ app, session }: { readonly app: AppModel; readonly session: RunSession }): JSX.Element {
  const { model, recorded } = session;
  const run = model.frame.value;
  const isCanceling = useSignal(false);
  const canOrder = recorded === undefined && app.runs.value?.isReadOnly !== true && model.isLive.value;
  return (
    <header class="bar run-bar">
      {recorded === undefined ? (
        <a class="back" href="#">
          Runs
        </a>
      ) : null}
      <h1 title={model.id}>
        {run === undefined ? model.id : visibleLine(run.graph.name)}
        {run === undefined ? null : <span class="id">{model.id}</span>}
      </h1>
      {run === undefined ? null : <StatusMark status={run.status} />}
      {run === undefined ? null : (
        <span class="took" title="Time from the start">
          {durationText((run.endedAt ?? model.now.value) - run.startedAt)}
        </span>
      )}
      <Counts model={model} />
      <span class="grow" />
      <span class={`connection ${model.isLeft.value ? "gone" : model.connection.value}`} role="status">
        {model.isLeft.value ? "its process is gone" : connectionTexts[model.connection.value]}
      </span>
      {canOrder ? (
        <button type="button" class="danger" onClick={() => (isCanceling.value = true)}>
          Cancel run…
        </button>
      ) : null}
      <ThemeButton app={app} />
      {isCanceling.value ? <CancelDialog run={model.id} onClose={() => (isCanceling.value = false)} /> : null}
    </header>
  );
}

const connectionTexts: Readonly<Record<Connection, string>> = {
  recorded: "recorded",
  connecting: "connecting…",
  live: "live",
  reconnecting: "reconnecting…",
  ended: "ended",
  gone: "gone",
};

/** The legend of all drawings, and a filter at the same time. */
function Counts({ model }: { readonly model: RunModel }): JSX.Element | null {
  const counts = model.frame.value?.counts;
  if (counts === undefined) return null;
  const chosen = model.statusFilter.value;
  const toggle = (status: StepStatus): void => {
    model.statusFilter.value = chosen === status ? undefined : status;
  };
  return (
    <div class="counts" role="group" aria-label="Steps by status">
      {stepStatuses
        .filter((status) => counts[status] > 0 || status === chosen)
        .map((status) => (
          <button
            key={status}
            type="button"
            class="count"
            aria-pressed={status === chosen}
            title={`Show steps that are ${statusText(status)}`}
            onClick={() => toggle(status)}
          >
            <StatusSign status={status} />
            <b>{countText(counts[status])}</b> {statusText(status)}
          </button>
        ))}
    </div>
  );
}
