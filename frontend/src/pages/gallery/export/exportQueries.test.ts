import { describe, expect, it } from "vitest";
import { canLose, exportAddress, formatIou } from "./exportQueries.ts";

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
