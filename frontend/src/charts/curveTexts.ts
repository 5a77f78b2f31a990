import { formatDuration } from "../components/format.ts";
import type { CurveAxis } from "./CurveChart.tsx";
import type { Metric } from "./curves.ts";

const DECIMALS = 2;

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SECONDS = [1, 2, 5, 10, 15, 30];
const HOURS = [1, 2, 3, 6, 12];
const TIME_STEPS = [
  ...SECONDS,
  ...SECONDS.map((step) => step * MINUTE),
  ...HOURS.map((step) => step * HOUR),
  ...HOURS.map((step) => step * DAY),
];
const STEP_STEPS = [...Array(8).keys()].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power));

/** Ticks at whole seconds, minutes and hours, or whole steps. */
export function stepsOf(axis: CurveAxis): readonly number[] {
  return axis === "time" ? TIME_STEPS : STEP_STEPS;
}

export function formatPlace(axis: CurveAxis): (at: number) => string {
  return axis === "time" ? formatDuration : (step) => String(Math.round(step));
}

/** Learning rates span powers of ten: 0.0012 → "1.2e-3". */
export function formatMetric(metric: Metric): (value: number) => string {
  return metric === "learning_rate"
    ? (value) => (value === 0 ? "0" : value.toExponential(1))
    : (value) => value.toFixed(DECIMALS);
}
