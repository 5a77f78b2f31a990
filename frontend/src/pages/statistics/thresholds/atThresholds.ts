/** Figures at other score thresholds, read off the curves: they follow a slider before the server has answered. */
import { type PrecisionRecallCurve, pointAtThreshold } from "../../../charts/precisionRecall.ts";
import type { ScorePreview } from "../statisticsQueries.ts";
import type { Figures, LabelStatistics, Statistics } from "../statisticsTypes.ts";

interface Counts {
  true_positives: number;
  false_positives: number;
  false_negatives: number;
}

/** Every label's threshold with what is tried in place of those in force. */
export function triedThresholds(
  inForce: Readonly<Record<string, number>>,
  preview: ScorePreview,
): Readonly<Record<string, number>> {
  if (preview === null) return inForce;
  if ("labels" in preview) return { ...inForce, ...preview.labels };
  return Object.fromEntries(Object.keys(inForce).map((label) => [label, preview.all]));
}

/**
 * The statistics with the figures that these thresholds give, exact where a slider stops. AP knows no threshold; the
 * matrix and the sizes stay as they are, and so does a label without a curve, until the server's answer is here.
 *
 * @param nothingKept the reason beside a precision that is not defined
 */
export function atThresholds(
  statistics: Statistics,
  wanted: Readonly<Record<string, number>>,
  nothingKept: string,
): Statistics {
  const isMoved = ({ label, threshold }: LabelStatistics) => (wanted[label] ?? threshold) !== threshold;
  if (!statistics.labels.some(isMoved)) return statistics;
  let isWhole = true;
  const labels = statistics.labels.map((row) => {
    if (!isMoved(row)) return row;
    const threshold = wanted[row.label] ?? row.threshold;
    const curve = statistics.curves[row.label];
    if (curve === undefined) {
      isWhole = false;
      return { ...row, threshold };
    }
    return { ...row, threshold, ...figuresOf(countsAt(curve, threshold), row.reasons, nothingKept) };
  });
  const { global } = statistics;
  const counts = isWhole ? sumOf(labels) : countsOfOne(statistics.global_curve, labels);
  return {
    ...statistics,
    labels,
    global: counts === null ? global : { ...global, ...figuresOf(counts, global.reasons, nothingKept) },
  };
}

function countsAt(curve: PrecisionRecallCurve, threshold: number): Counts {
  const place = pointAtThreshold(curve, threshold)?.index;
  const right = place === undefined ? 0 : (curve.true_positives[place] ?? 0);
  const wrong = place === undefined ? 0 : (curve.false_positives[place] ?? 0);
  return { true_positives: right, false_positives: wrong, false_negatives: curve.truth_count - right };
}

function sumOf(rows: readonly Counts[]): Counts {
  const total = (name: keyof Counts) => rows.reduce((sum, row) => sum + row[name], 0);
  return {
    true_positives: total("true_positives"),
    false_positives: total("false_positives"),
    false_negatives: total("false_negatives"),
  };
}

/** Of all labels together, where one threshold is tried for all of them. */
function countsOfOne(curve: PrecisionRecallCurve | null, labels: readonly LabelStatistics[]): Counts | null {
  const [first, ...others] = labels.map((row) => row.threshold);
  if (curve === null || first === undefined || others.some((other) => other !== first)) return null;
  return countsAt(curve, first);
}

function figuresOf(counts: Counts, old: Readonly<Record<string, string>>, nothingKept: string): Figures {
  const { true_positives: right, false_positives: wrong, false_negatives: missed } = counts;
  const precision = ratio(right, right + wrong);
  const { precision: _, ...reasons } = old;
  return {
    ...counts,
    precision,
    recall: ratio(right, right + missed),
    f1: ratio(2 * right, 2 * right + wrong + missed),
    accuracy: ratio(right, right + wrong + missed),
    reasons: precision === null ? { ...reasons, precision: nothingKept } : reasons,
  };
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
