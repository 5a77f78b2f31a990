/** Learning curves of a model: quality, loss and learning rate, over time or steps, the red line where best was saved. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { CurvePoint } from "../api/types.ts";
import { type Metric, placeOf } from "./curves.ts";
import { formatMetric, formatPlace, stepsOf } from "./curveTexts.ts";
import { type Line, LineChart } from "./LineChart.tsx";

export type CurveAxis = "time" | "steps";
export type CurveKind = "quality" | "loss" | "rate";

interface CurveChartProps {
  kind: CurveKind;
  axis: CurveAxis;
  points: readonly CurvePoint[];
  bestAt: CurvePoint | undefined;
  height?: number;
  compact?: boolean;
}

const LINES: Record<CurveKind, readonly Metric[]> = {
  quality: ["map", "ap50", "validation_accuracy"],
  loss: ["validation_loss", "train_loss", "validation_class_loss"],
  rate: ["learning_rate"],
};
const LINES_OF_COMPACT: readonly Metric[] = ["map"];
const COLORS = ["--accent", "--curve-2", "--curve-3"];

export function CurveChart({ kind, axis, points, bestAt, ...rest }: CurveChartProps) {
  const { t } = useTranslation("model");
  const place = placeOf(axis);
  const x = useMemo(() => points.map((point) => point[place]), [points, place]);
  const metrics = rest.compact ? LINES_OF_COMPACT : LINES[kind];
  const lines = useMemo<Line[]>(
    () =>
      metrics.map((metric, index) => ({
        name: t(`metric.${metric}`),
        color: COLORS[index] ?? "--accent",
        values: points.map((point) => point[metric]),
      })),
    [points, metrics, t],
  );
  return (
    <LineChart
      label={t(`${kind}Curve`)}
      xName={t(axis === "time" ? "time" : "step")}
      x={x}
      lines={lines}
      markAt={bestAt?.[place] ?? null}
      formatX={formatPlace(axis)}
      xSteps={stepsOf(axis)}
      formatY={formatMetric(metrics[0] ?? "map")}
      {...(kind === "quality" && !rest.compact ? { yRange: [0, 1] as const } : {})}
      {...rest}
    />
  );
}
