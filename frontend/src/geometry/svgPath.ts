/** Outlines as SVG paths; holes are cut out by the even-odd rule. */
import type { Rle } from "../api/types.ts";
import { unpackMask } from "./bitmap.ts";
import { outlineOf } from "./outline.ts";
import { rleToMask } from "./rle.ts";
import type { Polygon, Ring } from "./types.ts";

const known = new WeakMap<Rle, string>();

/** Of a stored mask, made once for each answer of the server. */
export function rlePath(rle: Rle): string {
  const ready = known.get(rle);
  if (ready !== undefined) return ready;
  const path = polygonsPath(outlineOf(unpackMask(rleToMask(rle))));
  known.set(rle, path);
  return path;
}

export function polygonsPath(polygons: readonly Polygon[]): string {
  return polygons.flatMap(({ exterior, holes }) => [exterior, ...holes].map(ringPath)).join("");
}

function ringPath(ring: Ring): string {
  return `M${ring.map(([x, y]) => `${x} ${y}`).join("L")}Z`;
}
