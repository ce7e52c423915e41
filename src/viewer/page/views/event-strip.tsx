import { effect } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { eventMarksOf } from "../fold/event-marks.ts";
import { onColors, readPalette } from "../graph/palette.ts";
import type { RunModel } from "../state/run-model.ts";

const height = 14;
/** Half of the slider's knob: so far from its ends it begins and ends. */
const inset = 8;
const barWidthMin = 3;

/** Above the slider: where time passed between events, and where attempts failed. For the eye alone; the events say the same. */
export function EventStrip({ model }: { readonly model: RunModel }): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current!;
    const paint = (): void => paintStrip(element, model);
    const stops = [
      effect(() => {
        void model.head.value;
        paint();
      }),
      onColors(paint),
    ];
    const room = new ResizeObserver(paint);
    room.observe(element);
    return () => {
      room.disconnect();
      for (const stop of stops) stop();
    };
  }, [model]);
  return <canvas ref={canvas} class="strip" aria-hidden="true" />;
}

function paintStrip(canvas: HTMLCanvasElement, model: RunModel): void {
  const width = canvas.clientWidth;
  const context = canvas.getContext("2d");
  const head = model.head.peek();
  const parts = Math.min(head, Math.floor((width - 2 * inset) / barWidthMin));
  if (context === null || parts < 1) return;
  canvas.width = Math.round(width * devicePixelRatio);
  canvas.height = Math.round(height * devicePixelRatio);
  context.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
  const { passedMs, hasFailure } = eventMarksOf((position) => model.eventAt(position), head, parts);
  const { edge, status } = readPalette(canvas);
  const barWidth = (width - 2 * inset) / parts;
  const most = Math.max(1, ...passedMs);
  passedMs.forEach((ms, part) => {
    const bar = ms === 0 ? 0 : Math.max(1, Math.sqrt(ms / most) * (height - 5));
    context.fillStyle = edge;
    context.fillRect(inset + part * barWidth, height - 1 - bar, barWidth - 1, bar);
    if (hasFailure[part] !== true) return;
    context.fillStyle = status["failed"]!;
    context.fillRect(inset + (part + 0.5) * barWidth - 1, 0, 2, height - 1);
  });
}
