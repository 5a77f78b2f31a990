/** Learning curves as columns: over a common axis, and as CSV. */
import type { CurvePoint } from "../api/types.ts";
import type { CurveAxis } from "./CurveChart.tsx";

export const METRICS = [
  "map",
  "ap50",
  "validation_accuracy",
  "validation_loss",
  "validation_class_loss",
  "train_loss",
  "learning_rate",
] as const;
export type Metric = (typeof METRICS)[number];

interface Curve {
  name: string;
  points: readonly CurvePoint[];
}

export interface MergedCurves {
  x: number[];
  /** One for each curve, with null where it has no point. */
  columns: (number | null)[][];
}

export function placeOf(axis: CurveAxis): "elapsed_s" | "step" {
  return axis === "time" ? "elapsed_s" : "step";
}

/** Whether it lies between 0 and 1, more being better. */
export function isQuality(metric: Metric): boolean {
  return metric === "map" || metric === "ap50" || metric === "validation_accuracy";
}

/** One figure of several curves over all places where any of them has a point. */
export function mergeCurves(curves: readonly Curve[], metric: Metric, axis: CurveAxis): MergedCurves {
  const place = placeOf(axis);
  const x = [...new Set(curves.flatMap(({ points }) => points.map((point) => point[place])))].sort((a, b) => a - b);
  const columns = curves.map(({ points }) => {
    const values = new Map(points.map((point) => [point[place], point[metric]]));
    return x.map((at) => values.get(at) ?? null);
  });
  return { x, columns };
}

const COLUMNS = ["step", "elapsed_s", ...METRICS, "is_best"] as const;

/** Every point of the curves, a line each, as spreadsheets and pandas read it. */
export function curvesToCsv(curves: readonly Curve[]): string {
  const lines = curves.flatMap(({ name, points }) =>
    points.map((point) => [quoted(name), ...COLUMNS.map((column) => String(point[column] ?? ""))].join(",")),
  );
  return `${["model", ...COLUMNS].join(",")}\r\n${lines.map((line) => `${line}\r\n`).join("")}`;
}

/** A name may hold commas and quotes, and one that begins like a formula must not become one. */
function quoted(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
