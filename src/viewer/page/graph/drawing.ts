export const nodeSize = { width: 156, height: 30 } as const;
export const gaps = { column: 38, row: 8 } as const;

/** Where a step stands in the drawing: the middle of its box. */
export interface Place {
  readonly x: number;
  readonly y: number;
  /** Steps of one column can be gone through up and down. */
  readonly column: number;
}

export interface Edge {
  readonly from: number;
  readonly to: number;
  /** `needs`, or only `after`. */
  readonly isNeed: boolean;
}

/** A drawing of a graph, in which steps are known by their number in declared order. */
export interface GraphLayout {
  readonly places: readonly Place[];
  readonly edges: readonly Edge[];
  readonly width: number;
  readonly height: number;
}
