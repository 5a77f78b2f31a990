/** Reading a precision-recall curve: which point a threshold is, what F1 is there, which point lies nearest. */

/** What each possible score threshold gives, highest first; lists of one length. */
export interface PrecisionRecallCurve {
  score: readonly number[];
  precision: readonly number[];
  recall: readonly number[];
  true_positives: readonly number[];
  false_positives: readonly number[];
  truth_count: number;
}

export interface OperatingPoint {
  index: number;
  score: number;
  precision: number;
  recall: number;
  f1: number;
}

export function f1Of(precision: number, recall: number): number {
  return precision + recall === 0 ? 0 : (2 * precision * recall) / (precision + recall);
}

/** The point at a place of the curve; a place beyond its ends is the end. */
export function pointAt(curve: PrecisionRecallCurve, place: number): OperatingPoint | null {
  if (curve.score.length === 0) return null;
  const index = Math.min(curve.score.length - 1, Math.max(0, place));
  const precision = curve.precision[index] ?? 0;
  const recall = curve.recall[index] ?? 0;
  return { index, score: curve.score[index] ?? 0, precision, recall, f1: f1Of(precision, recall) };
}

/** What is kept at a threshold: the last point whose score reaches it; null where nothing does. */
export function pointAtThreshold(curve: PrecisionRecallCurve, threshold: number): OperatingPoint | null {
  let low = 0;
  let high = curve.score.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((curve.score[middle] ?? 0) >= threshold) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? null : pointAt(curve, low - 1);
}

/** The point of the highest F1, the higher score at a tie. */
export function bestPointOf(curve: PrecisionRecallCurve): OperatingPoint | null {
  let best: OperatingPoint | null = null;
  for (let index = 0; index < curve.score.length; index++) {
    const point = pointAt(curve, index);
    if (point !== null && (best === null || point.f1 > best.f1)) best = point;
  }
  return best;
}

/** The place of the curve's point nearest to one of the plane; `aspect` is the plane's width over its height. */
export function nearestPlace(
  curve: PrecisionRecallCurve,
  { recall, precision, aspect }: { recall: number; precision: number; aspect: number },
): number {
  let nearest = 0;
  let distance = Number.POSITIVE_INFINITY;
  for (let index = 0; index < curve.score.length; index++) {
    const dx = ((curve.recall[index] ?? 0) - recall) * aspect;
    const dy = (curve.precision[index] ?? 0) - precision;
    const own = dx * dx + dy * dy;
    if (own < distance) {
      distance = own;
      nearest = index;
    }
  }
  return nearest;
}

/** The first point that finds at least so much, the one with the highest threshold; null where the curve ends before. */
export function pointAtRecall(curve: PrecisionRecallCurve, recall: number): OperatingPoint | null {
  const place = curve.recall.findIndex((own) => own >= recall);
  return place < 0 ? null : pointAt(curve, place);
}

/** Points of the line on which F1 is the same: precision = F1 · recall / (2 · recall − F1). */
export function sameF1Line(f1: number, steps = 48): [recall: number, precision: number][] {
  const first = f1 / (2 - f1);
  return Array.from({ length: steps + 1 }, (_, step) => {
    const recall = first + ((1 - first) * step) / steps;
    return [recall, (f1 * recall) / (2 * recall - f1)];
  });
}

/** At most so many places of a curve, evenly spread, its ends and the ones to keep among them. */
export function spreadPlaces(length: number, most: number, keep: readonly number[] = []): number[] {
  if (length <= most) return Array.from({ length }, (_, place) => place);
  const even = Array.from({ length: most }, (_, step) => Math.round((step * (length - 1)) / (most - 1)));
  return [...new Set([...even, ...keep])].sort((a, b) => a - b);
}
