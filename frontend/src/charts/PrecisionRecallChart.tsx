/** A precision-recall curve that sets a score threshold: point and click, or the arrow keys and Enter. */
import { type KeyboardEvent, type MouseEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { formatPercent } from "../components/format.ts";
import styles from "./PrecisionRecall.module.css";
import { CurveLine, type Plane, PrecisionRecallPlane } from "./PrecisionRecallPlane.tsx";
import { nearestPlace, type OperatingPoint, type PrecisionRecallCurve, pointAt } from "./precisionRecall.ts";

export interface CurveMark {
  kind: "chosen" | "optimized";
  recall: number;
  precision: number;
  /** Beside the line: the threshold, or that each label has its own. */
  text: string;
}

interface PrecisionRecallChartProps {
  /** What the curve is of, read aloud. */
  label: string;
  curve: PrecisionRecallCurve;
  color: string;
  /** Drawn behind, to compare with. */
  others: readonly { name: string; curve: PrecisionRecallCurve }[];
  marks: readonly CurveMark[];
  /** Where the arrow keys begin. */
  chosenPlace: number;
  /** Under the figures of the point in hand: what a click does, or why it does nothing. */
  note: string;
  /** Null where thresholds may not be changed. */
  onSet: ((score: number) => void) | null;
  height?: number;
}

const FAR = 10;

export function PrecisionRecallChart(props: PrecisionRecallChartProps) {
  const { label, curve, color, others, marks, chosenPlace, note, onSet, height = 300 } = props;
  const { t } = useTranslation("statistics");
  const [place, setPlace] = useState<number | null>(null);
  const inHand = place === null ? null : pointAt(curve, place);
  const read = inHand ?? pointAt(curve, chosenPlace);
  const press = (event: KeyboardEvent) => {
    const next = placeAfterKey(event.key, place ?? chosenPlace, curve.score.length);
    if (next !== undefined) setPlace(next);
    else if (event.key === "Enter" && inHand !== null) onSet?.(inHand.score);
    else return;
    event.preventDefault();
  };
  return (
    <PrecisionRecallPlane height={height}>
      {(plane) => (
        <div
          role="slider"
          tabIndex={0}
          className={styles.hit}
          data-can-set={onSet !== null}
          aria-label={t("curveSlider", { label })}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Number(((read?.score ?? 0) * 100).toFixed(1))}
          aria-valuetext={read ? readAloud(read, t) : t("curveEmpty")}
          onKeyDown={press}
          onBlur={() => setPlace(null)}
          onPointerMove={(event) => setPlace(placeUnder(event, plane, curve))}
          onPointerLeave={() => setPlace(null)}
          onClick={(event) => {
            const point = pointAt(curve, placeUnder(event, plane, curve));
            if (point) onSet?.(point.score);
          }}
        >
          <svg className={styles.svg} width={plane.width} height={plane.height} aria-hidden="true">
            {others.map((other) => (
              <CurveLine key={other.name} className={styles.other} curve={other.curve} plane={plane} />
            ))}
            <CurveLine className={styles.curve} style={{ stroke: color }} curve={curve} plane={plane} />
            {marks.map((mark) => (
              <Mark key={mark.kind} mark={mark} plane={plane} />
            ))}
            {inHand && <InHand point={inHand} plane={plane} color={color} />}
          </svg>
          {inHand && <HoverCard point={inHand} plane={plane} note={note} />}
        </div>
      )}
    </PrecisionRecallPlane>
  );
}

function Mark({ mark, plane }: { mark: CurveMark; plane: Plane }) {
  const x = plane.x(mark.recall);
  const isChosen = mark.kind === "chosen";
  const width = mark.text.length * 7 + 12;
  const left = Math.min(plane.x(1) + 26 - width, Math.max(0, x - width / 2));
  return (
    <g className={isChosen ? styles.chosen : styles.optimized} data-mark={mark.kind}>
      <line x1={x} x2={x} y1={plane.y(1) - (isChosen ? 8 : 0)} y2={plane.y(0)} />
      <circle cx={x} cy={plane.y(mark.precision)} r={5} />
      {isChosen ? (
        <>
          <rect x={left} y={2} width={width} height={18} rx={3} />
          <text x={left + width / 2} y={15} textAnchor="middle">
            {mark.text}
          </text>
        </>
      ) : (
        <text x={x - 4} y={plane.y(0) - 6} textAnchor="end">
          {mark.text}
        </text>
      )}
    </g>
  );
}

function InHand({ point, plane, color }: { point: OperatingPoint; plane: Plane; color: string }) {
  const x = plane.x(point.recall);
  const y = plane.y(point.precision);
  return (
    <g>
      <line className={styles.cross} x1={x} x2={x} y1={y} y2={plane.y(0)} />
      <line className={styles.cross} x1={plane.x(0)} x2={x} y1={y} y2={y} />
      <circle className={styles.dot} cx={x} cy={y} r={5} style={{ fill: color }} />
    </g>
  );
}

const CARD = { width: 196, height: 132, gap: 16 };

function HoverCard({ point, plane, note }: { point: OperatingPoint; plane: Plane; note: string }) {
  const { t } = useTranslation("statistics");
  const x = plane.x(point.recall);
  const left = x + CARD.gap + CARD.width > plane.width ? Math.max(0, x - CARD.gap - CARD.width) : x + CARD.gap;
  const top = Math.min(plane.y(point.precision) + CARD.gap, plane.height - CARD.height);
  return (
    <div className={styles.card} style={{ left, top: Math.max(0, top), width: CARD.width }} aria-hidden="true">
      <dl>
        <div>
          <dt>{t("scoreThreshold")}</dt>
          <dd>{formatPercent(point.score)}</dd>
        </div>
        <div>
          <dt>{t("precision")}</dt>
          <dd>{formatPercent(point.precision)}</dd>
        </div>
        <div>
          <dt>{t("recall")}</dt>
          <dd>{formatPercent(point.recall)}</dd>
        </div>
        <div>
          <dt>F1</dt>
          <dd>{formatPercent(point.f1)}</dd>
        </div>
      </dl>
      <p>{note}</p>
    </div>
  );
}

type Translate = ReturnType<typeof useTranslation<"statistics">>["t"];

function readAloud(point: OperatingPoint, t: Translate): string {
  return t("curveValue", {
    score: formatPercent(point.score),
    precision: formatPercent(point.precision),
    recall: formatPercent(point.recall),
    f1: formatPercent(point.f1),
  });
}

/** Right and down go to lower scores, as the curve does. */
function placeAfterKey(key: string, place: number, length: number): number | undefined {
  const last = length - 1;
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return Math.min(last, place + 1);
    case "ArrowLeft":
    case "ArrowUp":
      return Math.max(0, place - 1);
    case "PageDown":
      return Math.min(last, place + FAR);
    case "PageUp":
      return Math.max(0, place - FAR);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}

function placeUnder(event: MouseEvent<HTMLElement>, plane: Plane, curve: PrecisionRecallCurve): number {
  const box = event.currentTarget.getBoundingClientRect();
  return nearestPlace(curve, {
    recall: plane.recallAt(event.clientX - box.left),
    precision: plane.precisionAt(event.clientY - box.top),
    aspect: plane.aspect,
  });
}
