/** The plane that precision-recall curves lie in: axes in percent and faint lines of one F1. */
import { type CSSProperties, type ReactNode, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useElementSize } from "../components/useElementSize.ts";
import styles from "./PrecisionRecall.module.css";
import { type PrecisionRecallCurve, sameF1Line } from "./precisionRecall.ts";

/** From recall and precision to pixels of the drawing. */
export interface Plane {
  width: number;
  height: number;
  /** Of the inner rectangle, over its height. */
  aspect: number;
  x: (recall: number) => number;
  y: (precision: number) => number;
  recallAt: (x: number) => number;
  precisionAt: (y: number) => number;
}

interface PrecisionRecallPlaneProps {
  height: number;
  children: (plane: Plane) => ReactNode;
}

const MARGIN = { left: 40, right: 28, top: 28, bottom: 36 };
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1];
const F1_LINES = [0.2, 0.4, 0.6, 0.8, 0.9];

export function PrecisionRecallPlane({ height, children }: PrecisionRecallPlaneProps) {
  const { t } = useTranslation("statistics");
  const host = useRef<HTMLDivElement>(null);
  const { width } = useElementSize(host);
  const plane = planeOf(Math.max(width, MARGIN.left + MARGIN.right + 1), height);
  return (
    <div ref={host} className={styles.plane} style={{ height }}>
      {width > 0 && (
        <>
          <svg className={styles.svg} width={width} height={height} aria-hidden="true">
            {TICKS.map((tick) => (
              <g key={tick}>
                <line className={styles.grid} x1={plane.x(0)} x2={plane.x(1)} y1={plane.y(tick)} y2={plane.y(tick)} />
                <text className={styles.tick} x={plane.x(0) - 8} y={plane.y(tick) + 4} textAnchor="end">
                  {tick * 100}
                </text>
                <text className={styles.tick} x={plane.x(tick)} y={height - 18} textAnchor="middle">
                  {Math.round(tick * 100)}
                </text>
              </g>
            ))}
            <text className={styles.axis} x={0} y={12}>
              {t("precisionPercent")}
            </text>
            <text className={styles.axis} x={plane.x(1)} y={height - 3} textAnchor="end">
              {t("recallPercent")}
            </text>
            {F1_LINES.map((f1) => (
              <SameF1 key={f1} f1={f1} plane={plane} />
            ))}
          </svg>
          {children(plane)}
        </>
      )}
    </div>
  );
}

function SameF1({ f1, plane }: { f1: number; plane: Plane }) {
  const points = sameF1Line(f1).map(([recall, precision]) => `${plane.x(recall)},${plane.y(precision)}`);
  return (
    <g>
      <polyline className={styles.sameF1} points={points.join(" ")} />
      <text className={styles.sameF1Name} x={plane.x(1) + 4} y={plane.y(f1 / (2 - f1)) + 4}>
        F1 {f1 * 100}
      </text>
    </g>
  );
}

interface CurveLineProps {
  curve: PrecisionRecallCurve;
  plane: Plane;
  className: string | undefined;
  style?: CSSProperties;
}

/** A curve begins at recall 0 with the precision of its first point. Its path is made once, not at each pointer move. */
export function CurveLine({ curve, plane, ...rest }: CurveLineProps) {
  const { width, height } = plane;
  const path = useMemo(() => curvePath(curve, planeOf(width, height)), [curve, width, height]);
  return <path {...rest} d={path} />;
}

function curvePath(curve: PrecisionRecallCurve, plane: Plane): string {
  const first = curve.precision[0];
  if (first === undefined) return "";
  const points = curve.recall.map(
    (recall, i) => `L${plane.x(recall).toFixed(1)} ${plane.y(curve.precision[i] ?? 0).toFixed(1)}`,
  );
  return `M${plane.x(0)} ${plane.y(first)}${points.join("")}`;
}

function planeOf(width: number, height: number): Plane {
  const innerWidth = width - MARGIN.left - MARGIN.right;
  const innerHeight = height - MARGIN.top - MARGIN.bottom;
  return {
    width,
    height,
    aspect: innerWidth / innerHeight,
    x: (recall) => MARGIN.left + recall * innerWidth,
    y: (precision) => MARGIN.top + (1 - precision) * innerHeight,
    recallAt: (x) => (x - MARGIN.left) / innerWidth,
    precisionAt: (y) => 1 - (y - MARGIN.top) / innerHeight,
  };
}
