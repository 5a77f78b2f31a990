import { expect, test } from "vitest";
import { placeImage } from "./outlineDrawing.ts";

test("placeImage covers a box, the longer side cut alike at both ends", () => {
  expect(placeImage({ width: 800, height: 600 }, { width: 200, height: 100 }, "cover")).toEqual({
    scale: 0.25,
    left: 0,
    top: -25,
  });
});

test("placeImage shows the whole image, in the middle", () => {
  expect(placeImage({ width: 100, height: 400 }, { width: 200, height: 200 }, "contain")).toEqual({
    scale: 0.5,
    left: 75,
    top: 0,
  });
});
