import type { Thresholds } from "../../predict/thresholdsQuery.ts";
import type { ThresholdChange } from "./useThresholds.ts";

/** Undoes the change that led from `before` to `after`; a label that was set again since then stays as it is now. */
export function takenBack(before: Thresholds, after: Thresholds, now: Thresholds): ThresholdChange {
  const values = Object.entries(before.values).filter(([label]) => now.values[label] === after.values[label]);
  const isLatest = values.length === Object.keys(before.values).length;
  return isLatest && before.optimized ? { optimized: true } : { optimized: false, values: Object.fromEntries(values) };
}
