import { expect, test } from "vitest";
import { CHUNK_IMAGES, chunksAt, idsOfChunks, NEAR_IMAGES } from "./useGallery.ts";

const order = Array.from({ length: CHUNK_IMAGES * 2 + 5 }, (_, index) => index + 1);

test("chunksAt stays the same until a place near another chunk comes into sight", () => {
  expect(chunksAt({ first: 3, last: 10 })).toEqual({ first: 0, last: 0 });
  expect(chunksAt({ first: 3, last: CHUNK_IMAGES - NEAR_IMAGES - 1 })).toEqual({ first: 0, last: 0 });
  expect(chunksAt({ first: 3, last: CHUNK_IMAGES - NEAR_IMAGES })).toEqual({ first: 0, last: 1 });
  expect(chunksAt({ first: CHUNK_IMAGES + NEAR_IMAGES - 1, last: CHUNK_IMAGES + 30 })).toEqual({ first: 0, last: 1 });
  expect(chunksAt({ first: CHUNK_IMAGES + NEAR_IMAGES, last: CHUNK_IMAGES + 30 })).toEqual({ first: 1, last: 1 });
});

test("idsOfChunks ends with the order", () => {
  expect(idsOfChunks(order, { first: 0, last: 0 })).toEqual([order.slice(0, CHUNK_IMAGES)]);
  expect(idsOfChunks(order, { first: 2, last: 9 })).toEqual([order.slice(CHUNK_IMAGES * 2)]);
  expect(idsOfChunks([], { first: 0, last: 1 })).toEqual([]);
});
