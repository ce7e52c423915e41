import type { JSX } from "preact";
import { activityOf } from "../../../projections/activity.ts";
import type { RunModel } from "../state/run-model.ts";
import { countText, offsetText, timeText } from "../text/format.ts";
import { visibleLine } from "../text/visible-text.ts";
import { EventStrip } from "./event-strip.tsx";

/** The slider that takes the whole page to any event of the run. */
export function TransportBar({ model }: { readonly model: RunModel }): JSX.Element {
  const position = model.position.value;
  const head = model.head.value;
  const isPlaying = model.isPlaying.value;
  const play = (): void => {
    // From the end it plays the whole run.
    if (!isPlaying && position >= head) model.goTo(1);
    model.isPlaying.value = !isPlaying;
  };
  return (
    <footer class="transport" aria-label="Time">
      <button
        type="button"
        class="icon"
        aria-label="One event back"
        disabled={position <= 1}
        onClick={() => model.goBy(-1)}
      >
        ‹
      </button>
      <button type="button" class="icon" aria-label={isPlaying ? "Pause" : "Play"} disabled={head < 2} onClick={play}>
        {isPlaying ? "❚❚" : "▶"}
      </button>
      <button
        type="button"
        class="icon"
        aria-label="One event on"
        disabled={position >= head}
        onClick={() => model.goBy(1)}
      >
        ›
      </button>
      <div class="slide">
        <EventStrip model={model} />
        <input
          type="range"
          class="slider"
          min={Math.min(1, head)}
          max={head}
          step={1}
          value={position}
          aria-label="Position"
          aria-valuetext={`Event ${position} of ${head}`}
          onInput={(event) => model.goTo(event.currentTarget.valueAsNumber)}
        />
      </div>
      <EventWords model={model} />
      <button
        type="button"
        class="follow"
        aria-pressed={model.isFollowing.value}
        title="Show the newest event, and what follows it (End)"
        onClick={() => model.follow()}
      >
        {model.isLive.value ? "Live" : "Newest"}
      </button>
    </footer>
  );
}

/** Which event the page stands at. */
function EventWords({ model }: { readonly model: RunModel }): JSX.Element {
  const recorded = model.eventAt(model.position.value);
  const run = model.frame.value;
  if (recorded === undefined || run === undefined) return <span class="at">no events yet</span>;
  const { event, at, position } = recorded;
  const step = "step" in event && event.step !== undefined ? `${event.step}: ` : "";
  return (
    <span class="at" title={timeText(at)}>
      <b>{countText(position)}</b>
      <span class="of">{` ${offsetText(at - run.startedAt)} `}</span>
      <span class="said">{visibleLine(`${step}${activityOf(event)}`)}</span>
    </span>
  );
}
