/** One figure of several models over each other. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { CurvePoint } from "../api/types.ts";
import type { CurveAxis } from "./CurveChart.tsx";
import { isQuality, type Metric, mergeCurves, placeOf } from "./curves.ts";
import { formatMetric, formatPlace, stepsOf } from "./curveTexts.ts";
import { LineChart } from "./LineChart.tsx";

interface ComparedCurvesProps {
  metric: Metric;
  axis: CurveAxis;
  /** The page's own model comes first. */
  curves: readonly { name: string; points: readonly CurvePoint[] }[];
  bestAt: CurvePoint | undefined;
  height?: number;
}

/** As many curves as can be told apart. */
export const MOST_CURVES = 6;
const COLORS = ["--accent", "--curve-2", "--curve-3", "--curve-4", "--curve-5", "--curve-6"];

export function ComparedCurves({ metric, axis, curves, bestAt, ...rest }: ComparedCurvesProps) {
  const { t } = useTranslation("model");
  const { x, columns } = useMemo(() => mergeCurves(curves, metric, axis), [curves, metric, axis]);
  const lines = useMemo(
    () =>
      curves.map(({ name }, index) => ({
        name,
        color: COLORS[index % COLORS.length] ?? "--accent",
        values: columns[index] ?? [],
      })),
    [curves, columns],
  );
  return (
    <LineChart
      key={metric} // the ends of the y axis are fixed with the plot
      label={t(`metric.${metric}`)}
      xName={t(axis === "time" ? "time" : "step")}
      x={x}
      lines={lines}
      markAt={bestAt?.[placeOf(axis)] ?? null}
      formatX={formatPlace(axis)}
      xSteps={stepsOf(axis)}
      formatY={formatMetric(metric)}
      keepsValues
      {...(isQuality(metric) ? { yRange: [0, 1] as const } : {})}
      {...rest}
    />
  );
}
