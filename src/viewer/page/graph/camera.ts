/** How a drawing is seen: screen = drawing * scale + offset. */
export interface Camera {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const scaleMin = 0.02;
const scaleMax = 2.5;
const margin = 20;

/** All of the drawing, never larger than life. */
export function fitted(drawing: Size, screen: Size): Camera {
  const across = (screen.width - 2 * margin) / Math.max(1, drawing.width);
  const down = (screen.height - 2 * margin) / Math.max(1, drawing.height);
  const scale = clamped(Math.min(across, down, 1));
  return {
    scale,
    x: (screen.width - drawing.width * scale) / 2,
    y: (screen.height - drawing.height * scale) / 2,
  };
}

/** The same point of the drawing stays under the same point of the screen. */
export function zoomed(camera: Camera, factor: number, at: { readonly x: number; readonly y: number }): Camera {
  const scale = clamped(camera.scale * factor);
  const ratio = scale / camera.scale;
  return { scale, x: at.x - (at.x - camera.x) * ratio, y: at.y - (at.y - camera.y) * ratio };
}

export function moved(camera: Camera, x: number, y: number): Camera {
  return { ...camera, x: camera.x + x, y: camera.y + y };
}

/** Moved as little as needed for a point of the drawing to be on the screen, with so much of the drawing around it. */
export function showing(
  camera: Camera,
  point: { readonly x: number; readonly y: number },
  room: Size,
  screen: Size,
): Camera {
  const x = point.x * camera.scale + camera.x;
  const y = point.y * camera.scale + camera.y;
  const roomX = Math.min(room.width * camera.scale, screen.width / 3);
  const roomY = Math.min(room.height * camera.scale, screen.height / 3);
  return moved(
    camera,
    Math.max(roomX - x, 0) + Math.min(screen.width - roomX - x, 0),
    Math.max(roomY - y, 0) + Math.min(screen.height - roomY - y, 0),
  );
}

export function onDrawing(camera: Camera, x: number, y: number): { x: number; y: number } {
  return { x: (x - camera.x) / camera.scale, y: (y - camera.y) / camera.scale };
}

function clamped(scale: number): number {
  return Math.min(scaleMax, Math.max(scaleMin, scale));
}
