/** Learning curves of a model: quality and loss, over time or steps, with the red line where best was saved. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { CurvePoint } from "../api/types.ts";
import { formatDuration } from "../components/format.ts";
import { type Line, LineChart } from "./LineChart.tsx";

export type CurveAxis = "time" | "steps";
export type CurveKind = "quality" | "loss";

interface CurveChartProps {
  kind: CurveKind;
  axis: CurveAxis;
  points: readonly CurvePoint[];
  bestAt: CurvePoint | undefined;
  height?: number;
  compact?: boolean;
}

const DECIMALS = 2;

export function CurveChart({ kind, axis, points, bestAt, ...rest }: CurveChartProps) {
  const { t } = useTranslation("model");
  const place = axis === "time" ? "elapsed_s" : "step";
  const x = useMemo(() => points.map((point) => point[place]), [points, place]);
  const lines = useMemo<Line[]>(() => {
    const line = (
      field: "map" | "ap50" | "validation_accuracy" | "validation_loss" | "train_loss",
      name: string,
      color: string,
    ) => ({
      name,
      color,
      values: points.map((point) => point[field]),
    });
    if (rest.compact) return [line("map", t("map"), "--accent")];
    return kind === "quality"
      ? [
          line("map", t("map"), "--accent"),
          line("ap50", t("ap50"), "--curve-2"),
          line("validation_accuracy", t("validationAccuracy"), "--curve-3"),
        ]
      : [line("validation_loss", t("validationLoss"), "--accent"), line("train_loss", t("trainLoss"), "--curve-2")];
  }, [points, kind, rest.compact, t]);
  const ends: Pick<Parameters<typeof LineChart>[0], "yRange"> =
    kind === "quality" && !rest.compact ? { yRange: [0, 1] } : {};
  return (
    <LineChart
      label={kind === "quality" ? t("qualityCurve") : t("lossCurve")}
      xName={axis === "time" ? t("time") : t("step")}
      x={x}
      lines={lines}
      markAt={bestAt?.[place] ?? null}
      formatX={axis === "time" ? formatDuration : (step) => String(Math.round(step))}
      formatY={(value) => value.toFixed(DECIMALS)}
      {...ends}
      {...rest}
    />
  );
}
