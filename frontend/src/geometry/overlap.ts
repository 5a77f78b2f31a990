/** How much two sets of polygons overlap, quickly enough to be told while a slider moves. */
import { maskIou } from "./bitmap.ts";
import { boxOfPolygons, uniteBoxes } from "./box.ts";
import { polygonsToMask } from "./raster.ts";
import type { Point, Polygon, Ring } from "./types.ts";

/** The longer side of the grid on which pixels are counted; one in a thousand is seen. */
const GRID = 512;

/** IoU, 0-1, counted on a grid of its own, so that it costs the same for a nut and for a field. */
export function overlapOf(a: readonly Polygon[], b: readonly Polygon[]): number {
  const box = uniteBoxes(boxOfPolygons(a), boxOfPolygons(b));
  const scale = GRID / Math.max(box.x1 - box.x0, box.y1 - box.y0, 1e-6);
  const place = (ring: Ring) => ring.map(([x, y]): Point => [(x - box.x0) * scale, (y - box.y0) * scale]);
  const onGrid = (polygons: readonly Polygon[]) =>
    polygonsToMask(
      polygons.map(({ exterior, holes }) => ({ exterior: place(exterior), holes: holes.map(place) })),
      { width: GRID, height: GRID },
    );
  return maskIou(onGrid(a), onGrid(b));
}
