import { describe, expect, it } from "vitest";
import { readView, writeView } from "./useStatisticsView.ts";

describe("the page of statistics in the address", () => {
  it("shows best on the validation set at IoU 50 % where the address is silent", () => {
    const view = readView(new URLSearchParams());
    expect([view.split, view.checkpoint, view.iouPercent, view.scorePercent]).toEqual(["validation", "best", 50, null]);
  });

  it("reads what it wrote, and forgets what is usual", () => {
    const written = writeView(new URLSearchParams("split=training&image=4"), {
      split: "validation",
      iouPercent: 75,
      label: "a & b",
      scorePercent: 0,
      imageId: null,
    });
    expect(written.toString()).toBe("iou=75&label=a+%26+b&score=0");
    expect(readView(written)).toMatchObject({ iouPercent: 75, label: "a & b", scorePercent: 0, imageId: null });
  });

  it.each([
    ["iou=abc", "iouPercent", 50],
    ["iou=", "iouPercent", 50],
    ["iou=400", "iouPercent", 95],
    ["score=NaN", "scorePercent", null],
    ["score=-1", "scorePercent", 0],
    ["order=newest", "order", "missed"],
    ["image=-3", "imageId", null],
    ["speed=fast", "speed", "fast"],
    ["speed=fastest", "speed", "slow"],
  ] as const)("makes the best of %s", (text, part, value) => {
    expect(readView(new URLSearchParams(text))[part]).toBe(value);
  });
});
