import { expect, test } from "vitest";
import vectors from "../../../tests/masks/raster_vectors.json";
import { unpackMask } from "./bitmap";
import { outlineOf } from "./outline";
import { polygonsToMask } from "./raster";
import { type CocoRle, countsFromString, countsToString, maskToRle, rleToMask } from "./rle";
import type { Polygon } from "./types";

// JSON imports have arrays where ours are pairs.
const polygonsOf = (polygons: unknown) => polygons as Polygon[];
const rleOf = (rle: unknown) => rle as CocoRle;

/** Polygons in an order of their own: which ring comes first, and where a ring starts, says nothing. */
function inOrder(polygons: Polygon[]): string[] {
  const ring = (points: Polygon["exterior"]) => {
    const texts = points.map((point) => point.join(","));
    return texts.map((_, i) => [...texts.slice(i), ...texts.slice(0, i)].join(" ")).sort()[0];
  };
  return polygons.map(({ exterior, holes }) => [ring(exterior), ...holes.map(ring).sort()].join(" | ")).sort();
}

test.each(vectors.polygons)("rasterises as pycocotools does: $name", ({ polygons, rle }) => {
  const { size, counts } = rleOf(rle);
  const image = { width: size[1], height: size[0] };
  expect(maskToRle(polygonsToMask(polygonsOf(polygons), image), image).counts).toBe(counts);
});

test.each(vectors.outlines)("traces as the server does: $name", ({ rle, polygons }) => {
  expect(inOrder(outlineOf(unpackMask(rleToMask(rleOf(rle)))))).toEqual(inOrder(polygonsOf(polygons)));
});

test.each(vectors.counts)("reads and writes counts: $counts", ({ counts, runs }) => {
  expect(countsFromString(counts)).toEqual(runs);
  expect(countsToString(runs)).toBe(counts);
});

test.each(vectors.malformed_counts)("refuses counts: $why", (rle) => {
  expect(() => rleToMask(rleOf(rle))).toThrow();
});
