import { describe, expect, it } from "vitest";
import type { LabelStatistics } from "../statisticsTypes.ts";
import { nextOrder, readOrder, sortLabels } from "./labelOrder.ts";

const label = (name: string, f1: number | null, count: number): LabelStatistics => ({
  label: name,
  count,
  images: 1,
  true_positives: 0,
  false_positives: 0,
  false_negatives: 0,
  accuracy: f1,
  precision: f1,
  recall: f1,
  f1,
  ap: f1,
  ap_at_iou: f1,
  threshold: 0.5,
  optimized_threshold: null,
  reasons: {},
});
const LABELS = [label("nut", 0.9, 3), label("fig", null, 30), label("date", 0.2, 4)];
const namesBy = (text: string) => sortLabels(LABELS, readOrder(text)).map((row) => row.label);

describe("order of the labels", () => {
  it("is the model's where nothing was chosen", () => {
    expect(namesBy("")).toEqual(["nut", "fig", "date"]);
    expect(namesBy("-colour")).toEqual(["nut", "fig", "date"]);
  });

  it("is by figure or name, what is not defined last", () => {
    expect(namesBy("f1")).toEqual(["date", "nut", "fig"]);
    expect(namesBy("-f1")).toEqual(["nut", "date", "fig"]);
    expect(namesBy("label")).toEqual(["date", "fig", "nut"]);
    expect(namesBy("-count")).toEqual(["fig", "date", "nut"]);
  });

  it("goes up, down and back with each press", () => {
    expect(nextOrder(null, "f1")).toBe("f1");
    expect(nextOrder(readOrder("f1"), "f1")).toBe("-f1");
    expect(nextOrder(readOrder("-f1"), "f1")).toBe("");
    expect(nextOrder(readOrder("-f1"), "count")).toBe("count");
  });
});
