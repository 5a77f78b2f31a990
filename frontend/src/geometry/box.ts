import type { Box, Point, Polygon } from "./types.ts";

export const EMPTY_BOX: Box = { x0: 0, y0: 0, x1: 0, y1: 0 };

export function isEmptyBox(box: Box): boolean {
  return box.x1 <= box.x0 || box.y1 <= box.y0;
}

export function boxOfPoints(points: Iterable<Point>): Box {
  let x0 = Number.POSITIVE_INFINITY;
  let y0 = Number.POSITIVE_INFINITY;
  let x1 = Number.NEGATIVE_INFINITY;
  let y1 = Number.NEGATIVE_INFINITY;
  for (const [x, y] of points) {
    if (x < x0) x0 = x;
    if (x > x1) x1 = x;
    if (y < y0) y0 = y;
    if (y > y1) y1 = y;
  }
  return x0 <= x1 ? { x0, y0, x1, y1 } : EMPTY_BOX;
}

export function boxOfPolygons(polygons: readonly Polygon[]): Box {
  return polygons.map((polygon) => boxOfPoints(polygon.exterior)).reduce(uniteBoxes, EMPTY_BOX);
}

export function uniteBoxes(a: Box, b: Box): Box {
  if (isEmptyBox(a)) return b;
  if (isEmptyBox(b)) return a;
  return {
    x0: Math.min(a.x0, b.x0),
    y0: Math.min(a.y0, b.y0),
    x1: Math.max(a.x1, b.x1),
    y1: Math.max(a.y1, b.y1),
  };
}

export function intersectBoxes(a: Box, b: Box): Box {
  const box = {
    x0: Math.max(a.x0, b.x0),
    y0: Math.max(a.y0, b.y0),
    x1: Math.min(a.x1, b.x1),
    y1: Math.min(a.y1, b.y1),
  };
  return isEmptyBox(box) ? EMPTY_BOX : box;
}

export function boxesTouch(a: Box, b: Box): boolean {
  return a.x0 <= b.x1 && b.x0 <= a.x1 && a.y0 <= b.y1 && b.y0 <= a.y1;
}

export function growBox(box: Box, by: number): Box {
  return { x0: box.x0 - by, y0: box.y0 - by, x1: box.x1 + by, y1: box.y1 + by };
}
