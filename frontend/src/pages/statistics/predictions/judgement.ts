/** What is drawn of a judged image, and in what order it is listed. */
import type { DrawnMask } from "../../../components/MaskedImage.tsx";
import { rlePath } from "../../../geometry/svgPath.ts";
import type { PredictionFilter } from "../statisticsQueries.ts";
import type { BoxXyxy, JudgedImage, ShownPrediction, TrueInstance } from "../statisticsTypes.ts";

export type Judgement = "correct" | "incorrect" | "missed" | "below";

/** Over a photo, whatever the theme; with a tick, a cross or dashes as well, for those who see no colours. */
export const JUDGEMENT_COLORS: Readonly<Record<Judgement, string>> = {
  correct: "#4cc38a",
  incorrect: "#ff9a4d",
  missed: "#f0e442",
  below: "#b6bcc4",
};
const FOUND_TRUTH_COLOR = "#ffffff";

/** One line of an image's list: a prediction, or an object that none took. */
export interface JudgedLine {
  id: string;
  judgement: Judgement;
  label: string;
  /** Null of a missed object. */
  score: number | null;
  iou: number;
}

export function judgementOf(prediction: ShownPrediction): Judgement {
  if (prediction.correct === null) return "below";
  return prediction.correct ? "correct" : "incorrect";
}

/** The mistakes first, each kind by score; what is below its threshold last. */
export function linesOf(image: JudgedImage): JudgedLine[] {
  const predicted = image.predictions.map(
    (prediction, place): JudgedLine => ({
      id: predictionId(place),
      judgement: judgementOf(prediction),
      label: prediction.label,
      score: prediction.score,
      iou: prediction.correct ? prediction.iou : prediction.overlap_iou,
    }),
  );
  const missed = image.missed.map(
    ({ instance_id, label, best_iou }): JudgedLine => ({
      id: instance_id,
      judgement: "missed",
      label,
      score: null,
      iou: best_iou,
    }),
  );
  const of = (judgement: Judgement) => predicted.filter((line) => line.judgement === judgement);
  return [...of("incorrect"), ...missed, ...of("correct"), ...of("below")];
}

export interface Drawing {
  showsPredictions: boolean;
  showsTruth: boolean;
  /** Drawn although it is below its threshold: the one that is pointed at. */
  chosenId: string | null;
  /** What is said beside a mask. */
  textOf: (line: { judgement: Judgement; label: string; score: number | null; iou: number | null }) => string;
}

export function masksOf(image: JudgedImage, drawing: Drawing): DrawnMask[] {
  const masks: DrawnMask[] = [];
  image.predictions.forEach((prediction, place) => {
    const id = predictionId(place);
    const judgement = judgementOf(prediction);
    if (id !== drawing.chosenId && (!drawing.showsPredictions || judgement === "below")) return;
    masks.push({
      id,
      path: rlePath(prediction.rle),
      color: JUDGEMENT_COLORS[judgement],
      text: drawing.textOf({ judgement, ...prediction }),
      textAt: topOf(prediction.box_xyxy),
    });
  });
  for (const instance of image.truth) {
    const isMissed = instance.found === false;
    if (!drawing.showsTruth && !isMissed && instance.instance_id !== drawing.chosenId) continue;
    masks.push(truthMask(instance, isMissed, drawing));
  }
  return masks;
}

function truthMask(instance: TrueInstance, isMissed: boolean, { textOf }: Drawing): DrawnMask {
  return {
    id: instance.instance_id,
    path: rlePath(instance.rle),
    color: isMissed ? JUDGEMENT_COLORS.missed : FOUND_TRUTH_COLOR,
    text: isMissed ? textOf({ judgement: "missed", label: instance.label, score: null, iou: null }) : instance.label,
    textAt: topOf(instance.box_xyxy),
    isDashed: true,
  };
}

function predictionId(place: number): string {
  return `prediction-${place}`;
}

function topOf([x0, y0, x1]: BoxXyxy): { x: number; y: number } {
  return { x: (x0 + x1) / 2, y: y0 };
}

/** Whether the image has anything of the kind that is asked for. */
export function isShownBy(image: JudgedImage, filter: PredictionFilter): boolean {
  if (filter === "all") return true;
  return filter === "correct" ? image.correct_count > 0 : image.incorrect_count > 0;
}

/** The image with the predictions of one kind alone; what was missed belongs to neither. */
export function onlyOf(image: JudgedImage, filter: PredictionFilter): JudgedImage {
  if (filter === "all") return image;
  return {
    ...image,
    predictions: image.predictions.filter((prediction) => judgementOf(prediction) === filter),
    missed: [],
    truth: image.truth.filter((instance) => instance.found !== false),
  };
}
