import type { JSX } from "preact";
import type { RunModel } from "../state/run-model.ts";
import { isShown } from "../state/step-filter.ts";
import { ticksOf } from "../text/ticks.ts";
import { durationText } from "../text/format.ts";
import { TimelineLine, type Scale } from "./timeline-line.tsx";
import { VirtualRows } from "./virtual-rows.tsx";

/** When which step ran, waited for room and waited to be tried again. */
export function TimelineView({ model }: { readonly model: RunModel }): JSX.Element | null {
  const timeline = model.timeline.value;
  if (timeline === undefined) return null;
  const filter = { status: model.statusFilter.value, text: model.textFilter.value };
  const rows = timeline.rows.filter(({ step }) => isShown(step, filter));
  const from = timeline.startedAt;
  const scale: Scale = {
    from,
    span: Math.max(1, (model.frame.value?.endedAt ?? model.now.value) - from),
    now: model.now.value,
  };
  const selected = model.selected.value;
  // Where no step is chosen, what was started last is to be seen.
  const shownRow =
    selected === undefined
      ? rows.findLastIndex(({ spans }) => spans.length > 0)
      : rows.findIndex(({ step }) => step.id === selected);
  return (
    <VirtualRows
      count={rows.length}
      rowHeight={22}
      label="Timeline"
      shownRow={shownRow === -1 ? undefined : shownRow}
      isShownLast={selected === undefined}
      headerHeight={22}
      header={<Axis span={scale.span} />}
      row={(index) => {
        const row = rows[index];
        if (row === undefined) return null;
        return (
          <TimelineLine
            row={row}
            scale={scale}
            isSelected={row.step.id === selected}
            onChoose={() => model.select(row.step.id)}
          />
        );
      }}
    />
  );
}

function Axis({ span }: { readonly span: number }): JSX.Element {
  return (
    <div class="axis" aria-hidden="true">
      <span class="axis-label">
        waits for
        <i class="bar-piece slot" /> slot <i class="bar-piece backoff" /> retry
      </span>
      <span class="axis-track">
        {ticksOf(span).map((tick) => (
          <span key={tick} class={tick / span > 0.8 ? "tick late" : "tick"} style={{ left: `${(tick / span) * 100}%` }}>
            {tick === 0 ? "0" : durationText(tick)}
          </span>
        ))}
      </span>
    </div>
  );
}
