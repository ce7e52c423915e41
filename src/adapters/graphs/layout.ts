export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A step's place in the drawing; `x` and `y` are its middle. */
export type Box = Point & Size;

export interface Layout extends Size {
  /** By index of the step. */
  readonly boxes: readonly Box[];
  /** By index of the edge, from the border of one box to that of the other. */
  readonly lines: readonly (readonly Point[])[];
}
