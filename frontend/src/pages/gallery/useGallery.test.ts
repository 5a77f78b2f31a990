import { expect, test } from "vitest";
import { CHUNK_IMAGES, chunksOf } from "./useGallery.ts";

const order = Array.from({ length: CHUNK_IMAGES * 2 + 5 }, (_, index) => index + 1);

test("chunksOf gives the aligned chunks that are in sight", () => {
  expect(chunksOf(order, { first: 3, last: 10 })).toEqual([order.slice(0, CHUNK_IMAGES)]);
  expect(chunksOf(order, { first: CHUNK_IMAGES - 1, last: CHUNK_IMAGES })).toHaveLength(2);
});

test("chunksOf ends with the order", () => {
  expect(chunksOf(order, { first: CHUNK_IMAGES * 2, last: 10_000 })).toEqual([order.slice(CHUNK_IMAGES * 2)]);
  expect(chunksOf([], { first: 0, last: 20 })).toEqual([]);
});
