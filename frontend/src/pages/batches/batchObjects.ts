import { type PredictedObject, roundScore } from "../predict/predictions.ts";
import type { BatchPrediction } from "./batchQueries.ts";

/** A batch's predictions in the words of the prediction page: scores 0-100 with a decimal, as the endpoint answers. */
export function objectsOf(predictions: readonly BatchPrediction[]): PredictedObject[] {
  return predictions.map(({ label, score, box_xyxy: [x0, y0, x1, y1], rle }) => ({
    label,
    score: roundScore(score * 100),
    x0,
    y0,
    x1,
    y1,
    polygons: [],
    rle,
  }));
}
