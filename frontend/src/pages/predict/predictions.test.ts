import { describe, expect, it } from "vitest";
import { type Cut, isKept, type PredictedObject, pathOf, predictPath } from "./predictions.ts";

const fig = (score: number): PredictedObject => ({
  label: "fig",
  score,
  x0: 0,
  y0: 0,
  x1: 2,
  y1: 2,
  polygons: [
    {
      points: [
        { x: 0, y: 0 },
        { x: 2, y: 0 },
        { x: 2, y: 2 },
      ],
      holes: [
        [
          { x: 1, y: 1 },
          { x: 1.5, y: 1 },
          { x: 1.5, y: 1.5 },
        ],
      ],
    },
  ],
});

describe("isKept", () => {
  const byLabel: Cut = { kind: "model", thresholds: { fig: 0.62349 } };

  it("keeps a score at its label's threshold as the endpoint rounds it", () => {
    expect(isKept(fig(62.3), byLabel)).toBe(true);
    expect(isKept(fig(62.2), byLabel)).toBe(false);
  });

  it("takes one half for a label without a threshold", () => {
    expect(isKept(fig(50), { kind: "model", thresholds: {} })).toBe(true);
    expect(isKept(fig(49.9), { kind: "model", thresholds: {} })).toBe(false);
  });

  it("takes one score for all labels", () => {
    expect(isKept(fig(20), { kind: "all", score: 20 })).toBe(true);
    expect(isKept(fig(20), { kind: "all", score: 20.1 })).toBe(false);
  });
});

describe("pathOf", () => {
  it("draws outline and hole as closed rings", () => {
    expect(pathOf(fig(1))).toBe("M0 0L2 0L2 2ZM1 1L1.5 1L1.5 1.5Z");
  });
});

describe("predictPath", () => {
  it("encodes the model's name and names the last checkpoint", () => {
    expect(predictPath(7, "my model 1", "best")).toBe("/api/predict/7/my%20model%201");
    expect(predictPath(7, "größer", "last")).toBe("/api/predict/7/gr%C3%B6%C3%9Fer/last");
  });
});
