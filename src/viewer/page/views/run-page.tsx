import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { AppModel } from "../state/app-model.ts";
import type { RunModel } from "../state/run-model.ts";
import type { RunSession } from "../state/run-session.ts";
import { statusText } from "../text/format.ts";
import { visibleLine } from "../text/visible-text.ts";
import { EventsView } from "./events-view.tsx";
import { GraphView } from "./graph-view.tsx";
import { ProblemNote } from "./problem-note.tsx";
import { RunHeader } from "./run-header.tsx";
import { pageKey } from "./page-keys.ts";
import { RunPanel } from "./run-panel.tsx";
import { StepPanel } from "./step-panel.tsx";
import { TimelineView } from "./timeline-view.tsx";
import { TransportBar } from "./transport-bar.tsx";

interface Props {
  readonly app: AppModel;
  readonly session: RunSession;
}

/** One run: its graph, its timeline or events, the chosen step, and the slider under all of them. */
export function RunPage({ app, session }: Props): JSX.Element {
  const { model } = session;
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => pageKey(model, event);
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [model]);
  const run = model.frame.value;
  const title = run === undefined ? model.id : `${visibleLine(run.graph.name)} · ${statusText(run.status)}`;
  useEffect(() => {
    document.title = `${title} · Runfold`;
    return () => (document.title = "Runfold");
  }, [title]);
  return (
    <main class="run-page">
      <RunHeader app={app} session={session} />
      <ProblemNote model={model} />
      <section class="pane graph-pane" aria-label="Graph">
        <GraphView model={model} />
      </section>
      <LowerPane model={model} />
      <aside class="pane side-pane" aria-label="Details">
        <Details app={app} session={session} />
      </aside>
      <TransportBar model={model} />
    </main>
  );
}

function Details({ app, session }: Props): JSX.Element {
  const { model } = session;
  const step = model.selected.value;
  if (step === undefined) return <RunPanel model={model} />;
  return <StepPanel key={step} app={app} session={session} step={step} />;
}

function LowerPane({ model }: { readonly model: RunModel }): JSX.Element {
  const tab = useSignal<"timeline" | "events">("timeline");
  const choose = (name: "timeline" | "events"): JSX.Element => (
    <button
      type="button"
      role="tab"
      id={`tab-${name}`}
      aria-controls="lower"
      aria-selected={tab.value === name}
      onClick={() => (tab.value = name)}
    >
      {name === "timeline" ? "Timeline" : "Events"}
    </button>
  );
  const turn = (event: KeyboardEvent): void => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    tab.value = tab.value === "timeline" ? "events" : "timeline";
    document.getElementById(`tab-${tab.value}`)?.focus();
  };
  return (
    <section class="pane lower-pane" aria-label="Course of the run">
      <div class="tabs">
        <div role="tablist" aria-label="Course of the run" onKeyDown={turn}>
          {choose("timeline")}
          {choose("events")}
        </div>
        <span class="grow" />
        <input
          type="search"
          class="search small"
          placeholder={tab.value === "timeline" ? "Filter steps" : "Filter events"}
          aria-label={tab.value === "timeline" ? "Filter steps" : "Filter events"}
          value={model.textFilter.value}
          onInput={(event) => (model.textFilter.value = event.currentTarget.value)}
        />
      </div>
      <div id="lower" class="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab.value}`}>
        {tab.value === "timeline" ? <TimelineView model={model} /> : <EventsView model={model} />}
      </div>
    </section>
  );
}
