import { computed } from "@preact/signals";
import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import type { RecordedEvent } from "../../../domain/events.ts";
import type { EpochMs, Position } from "../../../domain/ids.ts";
import { activityOf } from "../../../projections/activity.ts";
import type { RunModel } from "../state/run-model.ts";
import { countText, offsetText } from "../text/format.ts";
import { visibleLine } from "../text/visible-text.ts";
import { VirtualRows } from "./virtual-rows.tsx";

/** Every event up to the position, the newest below; a click goes back to one. */
export function EventsView({ model }: { readonly model: RunModel }): JSX.Element {
  const found = useMemo(() => computed(() => positionsFound(model)), [model]);
  const positions = found.value;
  const count = positions?.length ?? model.position.value;
  const startedAt = model.frame.value?.startedAt ?? 0;
  return (
    <VirtualRows
      count={count}
      rowHeight={22}
      label="Events"
      shownRow={count === 0 ? undefined : count - 1}
      isShownLast
      row={(index) => {
        const recorded = model.eventAt(positions === undefined ? index + 1 : positions[index]!);
        if (recorded === undefined) return null;
        const isCurrent = recorded.position === model.position.value;
        return <EventLine recorded={recorded} startedAt={startedAt} isCurrent={isCurrent} model={model} />;
      }}
    />
  );
}

/** Where the filter finds something; undefined where there is no filter, and so all are meant. */
function positionsFound(model: RunModel): readonly Position[] | undefined {
  const text = model.textFilter.value.trim().toLowerCase();
  const end = model.position.value;
  if (text === "") return undefined;
  const positions: Position[] = [];
  for (let position = 1; position <= end; position++) {
    const { event } = model.eventAt(position)!;
    const searched = `${event.type} ${stepOf({ event })} ${activityOf(event)}`.toLowerCase();
    if (searched.includes(text)) positions.push(position);
  }
  return positions;
}

interface LineProps {
  readonly recorded: RecordedEvent;
  readonly startedAt: EpochMs;
  readonly isCurrent: boolean;
  readonly model: RunModel;
}

function EventLine({ recorded, startedAt, isCurrent, model }: LineProps): JSX.Element {
  const { position, at, event } = recorded;
  const step = stepOf(recorded);
  const choose = (): void => {
    model.goTo(position);
    if (step !== "") model.select(step);
  };
  return (
    <div
      class={`event ${isCurrent ? "selected" : ""}`}
      role="row"
      aria-current={isCurrent ? "true" : undefined}
      onClick={choose}
    >
      <span class="number" role="cell">
        <button type="button" class="link" aria-label={`Go to event ${position}`}>
          {countText(position)}
        </button>
      </span>
      <span class="number" role="cell">
        {offsetText(at - startedAt)}
      </span>
      <span class={`event-type kind-${event.type.split(".")[0]!} ${toneOf(event.type)}`} role="cell">
        {visibleLine(event.type)}
      </span>
      <span class="event-step" role="cell">
        {visibleLine(step)}
      </span>
      <span class="event-said" role="cell">
        {visibleLine(activityOf(event))}
      </span>
    </div>
  );
}

function stepOf({ event }: Pick<RecordedEvent, "event">): string {
  return "step" in event ? (event.step ?? "") : "";
}

function toneOf(type: string): string {
  if (type === "step.succeeded") return "tone-succeeded";
  if (type === "step.failed" || type === "step.retryScheduled" || type === "message.denied") return "tone-failed";
  if (type === "step.timedOut" || type === "run.expired") return "tone-timedOut";
  return "";
}
