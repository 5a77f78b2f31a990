/** The models' precision-recall curves in one plane, with the point of the thresholds in force on each. */
import { useTranslation } from "react-i18next";
import { useTheme } from "../../app/theme.ts";
import planeStyles from "../../charts/PrecisionRecall.module.css";
import { curvePath, PrecisionRecallPlane } from "../../charts/PrecisionRecallPlane.tsx";
import { formatPercent } from "../../components/format.ts";
import { Swatch } from "../../components/Swatch.tsx";
import type { Figures } from "../statistics/statisticsTypes.ts";
import styles from "./ComparePage.module.css";
import type { ComparedModel } from "./comparisonQuery.ts";
import { modelColor } from "./modelColors.ts";

interface OverlaidCurvesProps {
  models: readonly ComparedModel[];
  /** Null is all labels together. */
  label: string | null;
}

const HEIGHT = 340;

export function OverlaidCurves({ models, label }: OverlaidCurvesProps) {
  const { t } = useTranslation("compare");
  const theme = useTheme();
  const shown = models.map((model, place) => ({
    ...model,
    color: modelColor(place, theme),
    curve: label === null ? model.global_curve : (model.curves[label] ?? null),
    at: figuresOf(model, label),
  }));
  return (
    <div className={styles.curves}>
      <PrecisionRecallPlane height={HEIGHT}>
        {(plane) => (
          <svg className={planeStyles.svg} width={plane.width} height={plane.height} aria-hidden="true">
            {shown.map(({ model_id, curve, color }) =>
              curve ? (
                <path
                  key={model_id}
                  className={planeStyles.curve}
                  style={{ stroke: color }}
                  d={curvePath(curve, plane)}
                />
              ) : null,
            )}
            {shown.map(({ model_id, at, color }) =>
              at?.precision != null && at.recall != null ? (
                <circle
                  key={model_id}
                  className={planeStyles.dot}
                  cx={plane.x(at.recall)}
                  cy={plane.y(at.precision)}
                  r={6}
                  style={{ fill: color }}
                />
              ) : null,
            )}
          </svg>
        )}
      </PrecisionRecallPlane>
      <ul className={styles.keys}>
        {shown.map(({ model_id, name, color, at }) => (
          <li key={model_id}>
            <Swatch color={color} /> {name}
            <small>
              {t("operatingAt", { precision: formatPercent(at?.precision), recall: formatPercent(at?.recall) })}
            </small>
          </li>
        ))}
      </ul>
    </div>
  );
}

function figuresOf(model: ComparedModel, label: string | null): Figures | undefined {
  return label === null ? model.global : model.labels.find((row) => row.label === label);
}
