import type { StepSnapshot } from "../../../projections/step-snapshot.ts";
import { fitted, moved, onDrawing, showing, zoomed, type Camera, type Size } from "./camera.ts";
import { nodeSize, type GraphLayout } from "./drawing.ts";
import { minimapCamera, minimapSize, paintMinimap } from "./paint-minimap.ts";
import { paintGraph } from "./paint-graph.ts";
import { readPalette, type Palette } from "./palette.ts";

/** What is to be seen beside the layout. */
export interface Marks {
  readonly stepAt: (number: number) => StepSnapshot | undefined;
  readonly selected: number | undefined;
  readonly current: number | undefined;
  readonly isDimmed: (step: StepSnapshot) => boolean;
}

/** Half a box, and a little more. */
const boxRoom = { width: nodeSize.width / 2 + 12, height: nodeSize.height / 2 + 8 } as const;

/** The two canvases of a drawing: what is seen of it, from where, and painting it at most once a frame of the screen. */
export class GraphStage {
  readonly #canvas: HTMLCanvasElement;
  readonly #minimap: HTMLCanvasElement;
  #layout: GraphLayout | undefined;
  #marks: Marks | undefined;
  #hovered: number | undefined;
  #camera: Camera = { scale: 1, x: 0, y: 0 };
  #screen: Size = { width: 1, height: 1 };
  #palette: Palette | undefined;
  #frame: number | undefined;
  /** Nobody has moved it, so that it is fitted anew when its room changes. */
  #isFitted = true;

  constructor(canvas: HTMLCanvasElement, minimap: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#minimap = minimap;
  }

  get hovered(): number | undefined {
    return this.#hovered;
  }

  set layout(layout: GraphLayout | undefined) {
    this.#layout = layout;
    this.fit();
  }

  set marks(marks: Marks) {
    this.#marks = marks;
    this.#paintSoon();
  }

  /** Colours have changed. */
  repaint(): void {
    this.#palette = undefined;
    this.#paintSoon();
  }

  resize(screen: Size): void {
    this.#screen = screen;
    sized(this.#canvas, screen);
    sized(this.#minimap, minimapSize);
    if (this.#isFitted) this.fit();
    this.#paintSoon();
  }

  fit(): void {
    this.#isFitted = true;
    if (this.#layout !== undefined) this.#camera = fitted(this.#layout, this.#screen);
    this.#paintSoon();
  }

  zoom(factor: number, at = { x: this.#screen.width / 2, y: this.#screen.height / 2 }): void {
    this.#see(zoomed(this.#camera, factor, at));
  }

  pan(x: number, y: number): void {
    this.#see(moved(this.#camera, x, y));
  }

  /** Brings a step onto the screen. */
  reveal(number: number): void {
    const place = this.#layout?.places[number];
    if (place === undefined) return;
    const camera = showing(this.#camera, place, boxRoom, this.#screen);
    if (camera.x !== this.#camera.x || camera.y !== this.#camera.y) this.#see(camera);
  }

  hover(number: number | undefined): void {
    if (number === this.#hovered) return;
    this.#hovered = number;
    this.#paintSoon();
  }

  /** The step at a point of the screen. */
  stepAt(x: number, y: number): number | undefined {
    const point = onDrawing(this.#camera, x, y);
    // Small boxes are hit from a little farther away.
    const room = Math.min(6, 3 / this.#camera.scale);
    const found = this.#layout?.places.findIndex(
      (place) =>
        Math.abs(place.x - point.x) <= nodeSize.width / 2 + room &&
        Math.abs(place.y - point.y) <= nodeSize.height / 2 + room,
    );
    return found === -1 ? undefined : found;
  }

  /** Where a step is on the screen, for tests and for what points at it. */
  placeOf(number: number): { x: number; y: number } | undefined {
    const place = this.#layout?.places[number];
    if (place === undefined) return undefined;
    const { scale, x, y } = this.#camera;
    return { x: place.x * scale + x, y: place.y * scale + y };
  }

  /** Moves the screen to a point of the minimap. */
  lookAt(x: number, y: number): void {
    if (this.#layout === undefined) return;
    const point = onDrawing(minimapCamera(this.#layout), x, y);
    const { scale } = this.#camera;
    this.#see({ scale, x: this.#screen.width / 2 - point.x * scale, y: this.#screen.height / 2 - point.y * scale });
  }

  close(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
  }

  #see(camera: Camera): void {
    this.#camera = camera;
    this.#isFitted = false;
    this.#paintSoon();
  }

  #paintSoon(): void {
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = undefined;
      this.#paint();
    });
  }

  #paint(): void {
    const context = this.#canvas.getContext("2d");
    const map = this.#minimap.getContext("2d");
    const [layout, marks, screen, camera] = [this.#layout, this.#marks, this.#screen, this.#camera];
    if (context === null || map === null || layout === undefined || marks === undefined) return;
    this.#palette ??= readPalette(this.#canvas);
    paintGraph(context, { layout, camera, screen, palette: this.#palette, hovered: this.#hovered, ...marks });
    paintMinimap(map, layout, this.#palette, marks.stepAt, camera, screen);
    const isWhole = fitted(layout, screen).scale >= camera.scale * 0.999;
    this.#minimap.hidden = isWhole && this.#isFitted;
    this.#canvas.dataset["painted"] = String(Number(this.#canvas.dataset["painted"] ?? 0) + 1);
  }
}

/** As many dots as the screen really has. */
function sized(canvas: HTMLCanvasElement, { width, height }: Size): void {
  const ratio = devicePixelRatio;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.getContext("2d")?.setTransform(ratio, 0, 0, ratio, 0, 0);
}
