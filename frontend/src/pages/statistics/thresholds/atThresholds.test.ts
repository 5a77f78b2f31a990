import { describe, expect, it } from "vitest";
import type { LabelStatistics, Statistics } from "../statisticsTypes.ts";
import { atThresholds, triedThresholds } from "./atThresholds.ts";

const FIG = {
  score: [0.9, 0.6, 0.3],
  precision: [1, 0.5, 2 / 3],
  recall: [0.25, 0.25, 0.5],
  true_positives: [1, 1, 2],
  false_positives: [0, 1, 1],
  truth_count: 4,
};
const NUT = { ...FIG, score: [0.8], true_positives: [1], false_positives: [0], truth_count: 1 };

function row(label: string, counts: [number, number, number], reasons = {}): LabelStatistics {
  const [true_positives, false_positives, false_negatives] = counts;
  const figures = { precision: 0.1, recall: 0.1, f1: 0.1, accuracy: 0.1, ap: 0.7, ap_at_iou: 0.7, reasons };
  return {
    label,
    count: 1,
    images: 1,
    threshold: 0.5,
    optimized_threshold: 0.6,
    true_positives,
    false_positives,
    false_negatives,
    ...figures,
  };
}

const { label: _, ...SUM } = row("", [2, 1, 3]);
const STATISTICS = {
  global: { ...SUM, map: 0.7, ap50: 0.7, map_at_iou: 0.7 },
  labels: [row("fig", [1, 1, 3]), row("nut", [1, 0, 0])],
  curves: { fig: FIG, nut: NUT },
  global_curve: { ...FIG, score: [0.9, 0.2], true_positives: [1, 3], false_positives: [0, 4], truth_count: 5 },
} as unknown as Statistics;

describe("figures at other thresholds", () => {
  it("come of the counts of the curve, and their sums", () => {
    const { labels, global } = atThresholds(STATISTICS, { fig: 0.3, nut: 0.5 }, "none");
    expect(labels[0]).toMatchObject({ threshold: 0.3, true_positives: 2, false_positives: 1, false_negatives: 2 });
    expect(labels[0]).toMatchObject({ precision: 2 / 3, recall: 2 / 4, f1: 4 / 7, accuracy: 2 / 5, ap_at_iou: 0.7 });
    expect(labels[1]).toBe(STATISTICS.labels[1]);
    expect(global).toMatchObject({
      true_positives: 3,
      false_positives: 1,
      false_negatives: 2,
      precision: 3 / 4,
      map: 0.7,
    });
  });

  it("are the server's own where nothing is moved", () => {
    expect(atThresholds(STATISTICS, { fig: 0.5, nut: 0.5 }, "none")).toBe(STATISTICS);
  });

  it("say why a precision is not defined, and no longer once it is", () => {
    const none = atThresholds(STATISTICS, { fig: 0.95, nut: 0.95 }, "none");
    expect(none.global).toMatchObject({ precision: null, recall: 0, f1: 0, reasons: { precision: "none" } });
    expect(atThresholds(none, { fig: 0.9, nut: 0.9 }, "none").global.reasons).toEqual({});
  });

  it("keep a label without a curve, and take all together from theirs where they have one threshold", () => {
    const lacking = { ...STATISTICS, curves: { fig: FIG } };
    const all = atThresholds(lacking, { fig: 0.2, nut: 0.2 }, "none");
    expect(all.labels[1]).toMatchObject({ threshold: 0.2, true_positives: 1 });
    expect(all.global).toMatchObject({ true_positives: 3, false_positives: 4, false_negatives: 2 });
    expect(atThresholds(lacking, { fig: 0.3, nut: 0.2 }, "none").global).toBe(lacking.global);
  });

  it("are at the thresholds that are tried", () => {
    const inForce = { fig: 0.1, nut: 0.2 };
    expect(triedThresholds(inForce, null)).toBe(inForce);
    expect(triedThresholds(inForce, { all: 0.7 })).toEqual({ fig: 0.7, nut: 0.7 });
    expect(triedThresholds(inForce, { labels: { nut: 0.7 } })).toEqual({ fig: 0.1, nut: 0.7 });
  });
});
