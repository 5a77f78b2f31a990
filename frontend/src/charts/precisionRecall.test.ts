import { describe, expect, it } from "vitest";
import {
  bestPointOf,
  f1Of,
  nearestPlace,
  type PrecisionRecallCurve,
  pointAt,
  pointAtRecall,
  pointAtThreshold,
  sameF1Line,
  spreadPlaces,
} from "./precisionRecall.ts";

const CURVE: PrecisionRecallCurve = {
  score: [0.9, 0.7, 0.5, 0.2],
  precision: [1, 1, 2 / 3, 3 / 4],
  recall: [0.25, 0.5, 0.5, 0.75],
  true_positives: [1, 2, 2, 3],
  false_positives: [0, 0, 1, 1],
  truth_count: 4,
};
const EMPTY: PrecisionRecallCurve = {
  score: [],
  precision: [],
  recall: [],
  true_positives: [],
  false_positives: [],
  truth_count: 4,
};

describe("precision-recall curve", () => {
  it("keeps the scores at and above a threshold", () => {
    expect(pointAtThreshold(CURVE, 0.7)?.index).toBe(1);
    expect(pointAtThreshold(CURVE, 0.700001)?.index).toBe(0);
    expect(pointAtThreshold(CURVE, 0)?.index).toBe(3);
    expect(pointAtThreshold(CURVE, 0.95)).toBeNull();
    expect(pointAtThreshold(EMPTY, 0.5)).toBeNull();
  });

  it("reads the highest threshold that finds so much", () => {
    expect(pointAtRecall(CURVE, 0.3)?.index).toBe(1);
    expect(pointAtRecall(CURVE, 0.5)?.index).toBe(1);
    expect(pointAtRecall(CURVE, 0)?.index).toBe(0);
    expect(pointAtRecall(CURVE, 0.8)).toBeNull();
  });

  it("finds the best F1, the higher score at a tie", () => {
    expect(bestPointOf(CURVE)?.index).toBe(3);
    const tied = { ...CURVE, precision: [1, 1, 1, 1], recall: [0.5, 0.5, 0.5, 0.5] };
    expect(bestPointOf(tied)?.index).toBe(0);
    expect(bestPointOf(EMPTY)).toBeNull();
  });

  it("stays on the curve beyond its ends", () => {
    expect(pointAt(CURVE, -3)?.index).toBe(0);
    expect(pointAt(CURVE, 9)?.index).toBe(3);
    expect(pointAt(EMPTY, 0)).toBeNull();
  });

  it("finds the nearest point as it is seen, not as it is computed", () => {
    const at = { recall: 0.4, precision: 0.7 };
    expect(nearestPlace(CURVE, { ...at, aspect: 1 })).toBe(2);
    expect(nearestPlace(CURVE, { recall: 0.3, precision: 0.95, aspect: 10 })).toBe(0);
  });

  it("draws lines of one F1 through the plane", () => {
    for (const [recall, precision] of sameF1Line(0.6)) expect(f1Of(precision, recall)).toBeCloseTo(0.6, 12);
    expect(f1Of(0, 0)).toBe(0);
  });

  it("spreads places with both ends and those to keep", () => {
    expect(spreadPlaces(3, 5)).toEqual([0, 1, 2]);
    const places = spreadPlaces(1000, 5, [7]);
    expect(places).toContain(7);
    expect([places[0], places.at(-1), places.length]).toEqual([0, 999, 6]);
  });
});
