/** Shapes in image pixels: x right, y down; pixel (0, 0) spans [0, 1) × [0, 1). Rings are open: the last point is not the first. */
export type Point = readonly [x: number, y: number];
export type Ring = readonly Point[];

export interface Polygon {
  readonly exterior: Ring;
  readonly holes: readonly Ring[];
}

/** Half-open: x0 ≤ x < x1. */
export interface Box {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}
