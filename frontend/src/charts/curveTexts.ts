import { formatDuration } from "../components/format.ts";
import type { CurveAxis } from "./CurveChart.tsx";
import type { Metric } from "./curves.ts";

const DECIMALS = 2;

export function formatPlace(axis: CurveAxis): (at: number) => string {
  return axis === "time" ? formatDuration : (step) => String(Math.round(step));
}

/** Learning rates span powers of ten: 0.0012 → "1.2e-3". */
export function formatMetric(metric: Metric): (value: number) => string {
  return metric === "learning_rate"
    ? (value) => (value === 0 ? "0" : value.toExponential(1))
    : (value) => value.toFixed(DECIMALS);
}
