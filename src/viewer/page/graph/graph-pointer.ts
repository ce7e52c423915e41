import type { GraphStage } from "./graph-stage.ts";

/** So far a pointer may move in a click. */
const clickPixels = 4;

/** Drag moves, the wheel zooms, a click chooses; in the minimap a drag moves what is seen. Gives what takes all of it back. */
export function onPointer(
  canvas: HTMLCanvasElement,
  minimap: HTMLCanvasElement,
  stage: GraphStage,
  choose: (number: number | undefined) => void,
): () => void {
  let pressed: { x: number; y: number; moved: boolean } | undefined;
  const end = new AbortController();
  const { signal } = end;
  canvas.addEventListener(
    "pointerdown",
    (event) => {
      if (event.button !== 0) return;
      pressed = { x: event.clientX, y: event.clientY, moved: false };
      canvas.setPointerCapture(event.pointerId);
    },
    { signal },
  );
  canvas.addEventListener(
    "pointermove",
    (event) => {
      if (pressed === undefined) {
        const number = stage.stepAt(event.offsetX, event.offsetY);
        stage.hover(number);
        canvas.classList.toggle("over-step", number !== undefined);
        return;
      }
      const [x, y] = [event.clientX - pressed.x, event.clientY - pressed.y];
      if (!pressed.moved && Math.hypot(x, y) < clickPixels) return;
      pressed = { x: event.clientX, y: event.clientY, moved: true };
      stage.pan(x, y);
    },
    { signal },
  );
  canvas.addEventListener(
    "pointerup",
    (event) => {
      if (pressed?.moved === false) choose(stage.stepAt(event.offsetX, event.offsetY));
      pressed = undefined;
    },
    { signal },
  );
  canvas.addEventListener("pointercancel", () => (pressed = undefined), { signal });
  canvas.addEventListener("pointerleave", () => stage.hover(undefined), { signal });
  canvas.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      stage.zoom(Math.exp(-event.deltaY * 0.0015), { x: event.offsetX, y: event.offsetY });
    },
    { signal, passive: false },
  );
  const look = (event: PointerEvent): void => {
    if (event.buttons === 1) stage.lookAt(event.offsetX, event.offsetY);
  };
  minimap.addEventListener("pointerdown", look, { signal });
  minimap.addEventListener("pointermove", look, { signal });
  return () => end.abort();
}
