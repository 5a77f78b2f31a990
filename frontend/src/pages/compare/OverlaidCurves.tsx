/** The models' precision-recall curves in one plane: read at a recall by pointer or keys, and as a table. */
import { type KeyboardEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { useTheme } from "../../app/theme.ts";
import planeStyles from "../../charts/PrecisionRecall.module.css";
import { CurveLine, type Plane, PrecisionRecallPlane } from "../../charts/PrecisionRecallPlane.tsx";
import { type PrecisionRecallCurve, pointAtRecall } from "../../charts/precisionRecall.ts";
import { Button } from "../../components/Button.tsx";
import { formatPercent } from "../../components/format.ts";
import { Swatch } from "../../components/Swatch.tsx";
import type { Figures } from "../statistics/statisticsTypes.ts";
import { ComparedCurveTable } from "./ComparedCurveTable.tsx";
import styles from "./ComparePage.module.css";
import type { ComparedModel } from "./comparisonQuery.ts";
import { modelColor } from "./modelColors.ts";

interface OverlaidCurvesProps {
  models: readonly ComparedModel[];
  /** Null is all labels together. */
  label: string | null;
}

/** A model's curve as it is drawn. */
export interface OverlaidCurve {
  id: number;
  name: string;
  color: string;
  curve: PrecisionRecallCurve | null;
  at: Figures | undefined;
}

const HEIGHT = 340;
const PERCENT_OF_KEY: Readonly<Record<string, number>> = {
  ArrowRight: 1,
  ArrowUp: 1,
  ArrowLeft: -1,
  ArrowDown: -1,
  PageUp: 10,
  PageDown: -10,
  Home: -100,
  End: 100,
};

export function OverlaidCurves({ models, label }: OverlaidCurvesProps) {
  const { t } = useTranslation(["compare", "statistics"]);
  const theme = useTheme();
  const [percent, setPercent] = useState<number | null>(null);
  const [showsTable, setShowsTable] = useState(false);
  const shown = models.map((model, place) => ({
    id: model.model_id,
    name: model.name,
    color: modelColor(place, theme),
    curve: label === null ? model.global_curve : (model.curves[label] ?? null),
    at: label === null ? model.global : model.labels.find((row) => row.label === label),
  }));
  return (
    <div className={styles.curves}>
      <PrecisionRecallPlane height={HEIGHT}>
        {(plane) => <Overlay plane={plane} shown={shown} percent={percent} onPercent={setPercent} />}
      </PrecisionRecallPlane>
      <ul className={styles.keys}>
        {percent !== null && <li>{t("compare:atRecallOf", { recall: `${percent} %` })}</li>}
        {shown.map((one) => (
          <li key={one.id}>
            <Swatch color={one.color} /> {one.name}
            <small>
              {percent === null
                ? t("compare:operatingAt", {
                    precision: formatPercent(one.at?.precision),
                    recall: formatPercent(one.at?.recall),
                  })
                : readAt(one.curve, percent, t)}
            </small>
          </li>
        ))}
      </ul>
      <footer className={styles.curvesFooter}>
        <span>{t("compare:curveKeys")}</span>
        <Button size="small" kind="quiet" onPress={() => setShowsTable(!showsTable)} aria-expanded={showsTable}>
          {t(showsTable ? "statistics:hideTable" : "statistics:showTable")}
        </Button>
      </footer>
      {showsTable && <ComparedCurveTable shown={shown} />}
    </div>
  );
}

interface OverlayProps {
  plane: Plane;
  shown: readonly OverlaidCurve[];
  percent: number | null;
  onPercent: (percent: number | null) => void;
}

function Overlay({ plane, shown, percent, onPercent }: OverlayProps) {
  const { t } = useTranslation("compare");
  const press = (event: KeyboardEvent) => {
    const step = PERCENT_OF_KEY[event.key];
    if (step === undefined) return;
    event.preventDefault();
    onPercent(withinPercent((percent ?? 50) + step));
  };
  return (
    <div
      role="slider"
      tabIndex={0}
      className={planeStyles.hit}
      aria-label={t("recallSlider")}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent ?? 50}
      aria-valuetext={[
        t("atRecallOf", { recall: `${percent ?? 50} %` }),
        ...shown.map(({ name, curve }) => `${name}: ${readAt(curve, percent ?? 50, t)}`),
      ].join("; ")}
      onKeyDown={press}
      onBlur={() => onPercent(null)}
      onPointerMove={({ currentTarget, clientX }) => {
        const recall = plane.recallAt(clientX - currentTarget.getBoundingClientRect().left);
        onPercent(withinPercent(Math.round(recall * 100)));
      }}
      onPointerLeave={() => onPercent(null)}
    >
      <svg className={planeStyles.svg} width={plane.width} height={plane.height} aria-hidden="true">
        {shown.map(({ id, curve, color }) =>
          curve ? (
            <CurveLine key={id} className={planeStyles.curve} style={{ stroke: color }} curve={curve} plane={plane} />
          ) : null,
        )}
        {percent !== null && (
          <line
            className={planeStyles.cross}
            x1={plane.x(percent / 100)}
            x2={plane.x(percent / 100)}
            y1={plane.y(1)}
            y2={plane.y(0)}
          />
        )}
        {shown.map(({ id, curve, at, color }) => {
          const point = percent === null ? at : curve && pointAtRecall(curve, percent / 100);
          return point?.precision != null && point.recall != null ? (
            <circle
              key={id}
              className={planeStyles.dot}
              cx={plane.x(point.recall)}
              cy={plane.y(point.precision)}
              r={6}
              style={{ fill: color }}
            />
          ) : null;
        })}
      </svg>
    </div>
  );
}

type Translate = ReturnType<typeof useTranslation<["compare", "statistics"]>>["t"];

function readAt(curve: PrecisionRecallCurve | null, percent: number, t: Translate): string {
  const point = curve && pointAtRecall(curve, percent / 100);
  if (!point) return t("compare:notReached");
  return t("compare:atRecall", {
    precision: formatPercent(point.precision),
    f1: formatPercent(point.f1),
    score: formatPercent(point.score),
  });
}

function withinPercent(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}
