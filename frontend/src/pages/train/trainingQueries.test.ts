import { describe, expect, it } from "vitest";
import type { CurvePoint } from "../../api/types.ts";
import { bestPoint, mergePoints } from "./trainingQueries.ts";

const point = (step: number, is_best = false): CurvePoint => ({
  step,
  elapsed_s: step,
  train_loss: 1,
  validation_loss: 1,
  validation_class_loss: 0.5,
  validation_accuracy: 0.5,
  map: 0.1,
  ap50: 0.2,
  learning_rate: 0.001,
  is_best,
});
const steps = (points: CurvePoint[]) => points.map((one) => one.step);

describe("mergePoints", () => {
  it("adds new points at the end", () => {
    expect(steps(mergePoints([point(1), point(2)], [point(3)]))).toEqual([1, 2, 3]);
  });

  it("drops the points that a resumed training has left behind", () => {
    expect(steps(mergePoints([point(1), point(2), point(3)], [point(2), point(4)]))).toEqual([1, 2, 4]);
  });

  it("takes the whole curve in place of an old one", () => {
    expect(steps(mergePoints([point(5)], [point(1), point(2)]))).toEqual([1, 2]);
  });

  it("changes nothing without news", () => {
    expect(steps(mergePoints([point(1)], []))).toEqual([1]);
  });
});

describe("bestPoint", () => {
  it("is the latest of those that were best when they came", () => {
    expect(bestPoint([point(1, true), point(2, true), point(3)])?.step).toBe(2);
  });

  it("is missing while nothing was better than nothing", () => {
    expect(bestPoint([point(1)])).toBeUndefined();
  });
});
