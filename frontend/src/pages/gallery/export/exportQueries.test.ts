import { describe, expect, it } from "vitest";
import type { LabelExportReport } from "../../../api/types.ts";
import { canLose, damagedOf, exportAddress, formatIou, unlistedCount } from "./exportQueries.ts";

describe("export of labels", () => {
  it("has an address for each format", () => {
    expect(exportAddress(7, "yolo")).toBe("/api/v1/projects/7/labels/export?format=yolo");
  });

  it("is measured where the format cannot hold everything", () => {
    const format = { name: "coco", title: "COCO", accepts: ".json", reads: true, writes: true };
    expect(canLose({ ...format, cannot_hold: ["ids of objects"] })).toBe(true);
    expect(canLose({ ...format, cannot_hold: [] })).toBe(false);
  });

  it("never calls a changed mask the same", () => {
    expect([0.99996, 0.997, 0.5, 0, 1].map(formatIou)).toEqual(["0.999", "0.997", "0.500", "0.000", "1.000"]);
  });
});

describe("what changes most", () => {
  it("is what loses pixels", () => {
    expect(damagedOf(reportOf([0, 0.98, 1], 3)).map(({ iou }) => iou)).toEqual([0, 0.98]);
  });

  it("has more than is listed only where the list ends before the unharmed ones", () => {
    expect(unlistedCount(reportOf([0.9, 0.95], 10))).toBe(8);
    expect(unlistedCount(reportOf([0.9, 1], 10))).toBe(0);
    expect(unlistedCount(reportOf([], 0))).toBe(0);
  });
});

function reportOf(ious: readonly number[], changed: number): LabelExportReport {
  const items = ious.map((iou, index) => ({
    image_id: 1,
    image: "fig.jpg",
    label: "fig",
    instance_id: String(index),
    reason: "holes are bridged",
    iou,
  }));
  return {
    format: "yolo",
    instances: 20,
    exact: 20 - changed,
    changed,
    lost: 0,
    worst_iou: ious[0] ?? null,
    reasons: [],
    cannot_hold: [],
    items,
  };
}
