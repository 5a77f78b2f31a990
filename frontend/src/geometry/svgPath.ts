/** The outline of a stored mask as an SVG path, made once for each answer of the server. */
import type { Rle } from "../api/types.ts";
import { unpackMask } from "./bitmap.ts";
import { outlineOf } from "./outline.ts";
import { rleToMask } from "./rle.ts";
import type { Ring } from "./types.ts";

const known = new WeakMap<Rle, string>();

export function rlePath(rle: Rle): string {
  const ready = known.get(rle);
  if (ready !== undefined) return ready;
  const polygons = outlineOf(unpackMask(rleToMask(rle)));
  const path = polygons.flatMap(({ exterior, holes }) => [exterior, ...holes].map(ringPath)).join("");
  known.set(rle, path);
  return path;
}

function ringPath(ring: Ring): string {
  return `M${ring.map(([x, y]) => `${x} ${y}`).join("L")}Z`;
}
