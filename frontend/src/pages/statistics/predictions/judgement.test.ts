import { describe, expect, it } from "vitest";
import { countsToString } from "../../../geometry/rle.ts";
import type { JudgedImage, ShownPrediction } from "../statisticsTypes.ts";
import { isShownBy, linesOf, masksOf, onlyOf } from "./judgement.ts";

const RLE = { size: [2, 2] as [number, number], counts: countsToString([0, 4]) };
const prediction = (label: string, score: number, correct: boolean | null): ShownPrediction => ({
  label,
  score,
  correct,
  box_xyxy: [0, 0, 2, 2],
  rle: RLE,
  iou: correct ? 0.8 : 0,
  instance_id: correct ? "a" : null,
  overlap_iou: 0.8,
  overlap_instance_id: "a",
});
const IMAGE: JudgedImage = {
  image_id: 1,
  name: "one.jpg",
  width: 2,
  height: 2,
  correct_count: 1,
  incorrect_count: 1,
  missed_count: 1,
  lowest_iou: 0.8,
  uncertainty: 1,
  predictions: [prediction("fig", 0.9, true), prediction("nut", 0.7, false), prediction("fig", 0.2, null)],
  missed: [{ instance_id: "b", label: "nut", best_iou: 0.3 }],
  truth: [
    { instance_id: "a", label: "fig", crowd: false, found: true, box_xyxy: [0, 0, 2, 2], rle: RLE },
    { instance_id: "b", label: "nut", crowd: false, found: false, box_xyxy: [0, 0, 2, 2], rle: RLE },
  ],
};
const drawn = (parts: { showsPredictions?: boolean; showsTruth?: boolean; chosenId?: string }) =>
  masksOf(IMAGE, {
    showsPredictions: true,
    showsTruth: false,
    chosenId: null,
    textOf: ({ judgement }) => judgement,
    ...parts,
  }).map(({ id, text }) => [id, text]);

describe("a judged image", () => {
  it("lists the mistakes first and what is below its threshold last", () => {
    expect(linesOf(IMAGE).map(({ judgement, label }) => `${judgement} ${label}`)).toEqual([
      "incorrect nut",
      "missed nut",
      "correct fig",
      "below fig",
    ]);
  });

  it("draws what is kept and what is missed, the rest when it is asked for", () => {
    expect(drawn({})).toEqual([
      ["prediction-0", "correct"],
      ["prediction-1", "incorrect"],
      ["b", "missed"],
    ]);
    expect(drawn({ showsPredictions: false, showsTruth: true })).toEqual([
      ["a", "fig"],
      ["b", "missed"],
    ]);
    expect(drawn({ chosenId: "prediction-2" })).toContainEqual(["prediction-2", "below"]);
  });

  it("shows the right ones or the wrong ones alone", () => {
    expect(linesOf(onlyOf(IMAGE, "correct")).map(({ judgement }) => judgement)).toEqual(["correct"]);
    expect(linesOf(onlyOf(IMAGE, "incorrect")).map(({ judgement }) => judgement)).toEqual(["incorrect"]);
    expect(isShownBy({ ...IMAGE, incorrect_count: 0 }, "incorrect")).toBe(false);
    expect(isShownBy(IMAGE, "incorrect")).toBe(true);
  });
});
