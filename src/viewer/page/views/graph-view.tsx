import { computed, effect, useSignal, type ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { GraphLayout } from "../graph/drawing.ts";
import { layOut } from "../graph/graph-layout.ts";
import { isMove, moveTo } from "../graph/graph-moves.ts";
import { GraphStage } from "../graph/graph-stage.ts";
import { onColors } from "../graph/palette.ts";
import { onPointer } from "../graph/graph-pointer.ts";
import type { RunModel } from "../state/run-model.ts";
import { isShown } from "../state/step-filter.ts";
import { countText, statusText } from "../text/format.ts";
import { visibleLine } from "../text/visible-text.ts";

/** The graph, painted; the step that the keyboard is at stands beside it as text, for those who hear the page. */
export function GraphView({ model }: { readonly model: RunModel }): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const minimap = useRef<HTMLCanvasElement>(null);
  const stage = useRef<GraphStage>(null);
  const layout = useSignal<GraphLayout | undefined>(undefined);
  const current = useSignal<number | undefined>(undefined);
  const hasFocus = useSignal(false);
  const graph = useMemo(() => computed(() => model.frame.value?.graph), [model]);
  useLayout(graph, layout);
  useEffect(() => {
    const made = new GraphStage(canvas.current!, minimap.current!);
    stage.current = made;
    const stops = [
      effect(() => void (made.layout = layout.value)),
      effect(() => {
        const run = model.frame.value;
        const selected = run?.graph.steps.findIndex(({ id }) => id === model.selected.value);
        const filter = { status: model.statusFilter.value, text: model.textFilter.value };
        made.marks = {
          stepAt: (number) => run?.steps.at(number),
          selected: selected === -1 ? undefined : selected,
          current: hasFocus.value ? current.value : undefined,
          isDimmed: (step) => !isShown(step, filter),
        };
      }),
      effect(() => {
        const id = model.selected.value;
        const number = model.frame.peek()?.graph.steps.findIndex((step) => step.id === id) ?? -1;
        if (number >= 0) made.reveal(number);
      }),
      onPointer(canvas.current!, minimap.current!, made, (number) => {
        current.value = number;
        model.select(number === undefined ? undefined : model.frame.peek()?.steps.at(number)?.id);
      }),
      onColors(() => made.repaint()),
    ];
    const room = new ResizeObserver(([entry]) => made.resize(entry!.contentRect));
    room.observe(host.current!);
    return () => {
      room.disconnect();
      made.close();
      for (const stop of stops) stop();
    };
  }, [model, layout, current, hasFocus]);
  const onKey = (event: KeyboardEvent): void => {
    if (layout.value === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isMove(event.key)) {
      current.value = moveTo(layout.value, current.value, event.key) ?? current.value;
      if (current.value !== undefined) stage.current?.reveal(current.value);
    } else if (event.key === "Enter") {
      model.select(current.value === undefined ? undefined : model.frame.value?.steps.at(current.value)?.id);
    } else if (event.key === "+" || event.key === "=") stage.current?.zoom(1.25);
    else if (event.key === "-") stage.current?.zoom(0.8);
    else if (event.key === "0") stage.current?.fit();
    else return;
    event.preventDefault();
  };
  return (
    <div class="graph" ref={host}>
      <div
        class="graph-focus"
        role="application"
        aria-label="Graph of the run: arrow keys go from step to step, Enter opens a step, plus, minus and 0 zoom"
        aria-describedby="graph-at"
        tabIndex={0}
        onKeyDown={onKey}
        onFocus={() => {
          hasFocus.value = true;
          current.value ??= Math.max(
            0,
            model.frame.peek()?.graph.steps.findIndex(({ id }) => id === model.selected.peek()) ?? 0,
          );
        }}
        onBlur={() => (hasFocus.value = false)}
      >
        <canvas ref={canvas} class="graph-canvas" data-testid="graph" />
      </div>
      <GraphWords model={model} current={current} layout={layout} />
      <canvas ref={minimap} class="minimap" hidden aria-hidden="true" />
      <div class="zoom" role="group" aria-label="Zoom">
        <button type="button" class="icon" aria-label="Zoom in" onClick={() => stage.current?.zoom(1.25)}>
          +
        </button>
        <button type="button" class="icon" aria-label="Zoom out" onClick={() => stage.current?.zoom(0.8)}>
          −
        </button>
        <button type="button" class="icon wide" aria-label="Show the whole graph" onClick={() => stage.current?.fit()}>
          Fit
        </button>
      </div>
    </div>
  );
}

interface WordsProps {
  readonly model: RunModel;
  readonly current: ReadonlySignal<number | undefined>;
  readonly layout: ReadonlySignal<GraphLayout | undefined>;
}

/** Says of the step at the keyboard what the drawing shows of it. */
function GraphWords({ model, current, layout }: WordsProps): JSX.Element {
  const run = model.frame.value;
  const step = current.value === undefined ? undefined : run?.steps.at(current.value);
  const needs = step?.definition.needs ?? [];
  const said =
    step === undefined
      ? `${countText(run?.steps.length ?? 0)} steps`
      : `${visibleLine(step.id)}, ${statusText(step.status)}${needs.length === 0 ? "" : `, needs ${needs.length === 1 ? visibleLine(needs[0]!) : `${needs.length} steps`}`}`;
  return (
    <>
      <p id="graph-at" class="heard" role="status">
        {said}
      </p>
      {layout.value === undefined && run !== undefined ? <p class="graph-note">Drawing the graph…</p> : null}
    </>
  );
}

/** A large graph takes a moment, so everything else is shown first. */
function useLayout(
  graph: ReadonlySignal<Parameters<typeof layOut>[0] | undefined>,
  layout: { value: GraphLayout | undefined },
): void {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = effect(() => {
      const document = graph.value;
      clearTimeout(timer);
      if (document === undefined) return;
      timer = setTimeout(() => requestAnimationFrame(() => setTimeout(() => (layout.value = layOut(document)))));
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [graph, layout]);
}
