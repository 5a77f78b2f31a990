/** The precision-recall curve of all labels or one, which sets the score threshold, and its table. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useTheme } from "../../../app/theme.ts";
import { type CurveMark, PrecisionRecallChart } from "../../../charts/PrecisionRecallChart.tsx";
import { bestPointOf, type PrecisionRecallCurve, pointAtThreshold } from "../../../charts/precisionRecall.ts";
import { Button } from "../../../components/Button.tsx";
import { Definition } from "../../../components/Definition.tsx";
import { formatPercent } from "../../../components/format.ts";
import { labelInk } from "../../../components/labelColors.ts";
import { Select } from "../../../components/Select.tsx";
import type { Statistics } from "../statisticsTypes.ts";
import type { ThresholdEditing } from "../thresholds/useThresholdEditing.ts";
import styles from "./CurvePanel.module.css";
import { CurveTable } from "./CurveTable.tsx";

interface CurvePanelProps {
  statistics: Statistics;
  editing: ThresholdEditing;
  colorOf: (label: string) => string;
  label: string | null;
  onLabel: (label: string | null) => void;
}

const ALL = "";

export function CurvePanel({ statistics, editing, colorOf, label, onLabel }: CurvePanelProps) {
  const { t } = useTranslation("statistics");
  const theme = useTheme();
  const [showsTable, setShowsTable] = useState(false);
  const known = statistics.labels.some((row) => row.label === label) ? label : null;
  const curve = known === null ? statistics.global_curve : statistics.curves[known];
  const set = (score: number) => (known === null ? editing.setAll(score) : editing.setLabel(known, score));
  const marks = curve ? marksOf(statistics, curve, known, t) : [];
  return (
    <section className={styles.panel} aria-label={t("curve")}>
      <header className={styles.header}>
        <h2>{t("curve")}</h2>
        <Definition term={t("curve")}>{t("curveText")}</Definition>
        <span className={styles.space} />
        <div className={styles.choice}>
          <Select
            label={t("curveOf")}
            hideLabel
            value={known ?? ALL}
            onChange={(value) => onLabel(value === ALL ? null : value)}
            options={[
              { value: ALL, text: t("allLabels") },
              ...statistics.labels.map((row) => ({ value: row.label, text: row.label })),
            ]}
          />
        </div>
      </header>
      {curve && curve.score.length > 0 ? (
        <>
          <div className={styles.chart}>
            <PrecisionRecallChart
              key={known ?? ALL}
              label={known ?? t("allLabels")}
              curve={curve}
              color={known === null ? "var(--accent)" : labelInk(colorOf(known), theme)}
              others={otherCurves(statistics, known)}
              marks={marks}
              chosenPlace={pointAtThreshold(curve, thresholdShown(statistics, known) ?? 0)?.index ?? 0}
              note={
                !editing.mayChange
                  ? t("mayNotSet")
                  : known === null
                    ? t("clickSetsAll")
                    : t("clickSets", { label: known })
              }
              onSet={editing.mayChange ? set : null}
            />
          </div>
          <footer className={styles.footer} data-print="hide">
            <span>{t("curveKeys")}</span>
            <Button size="small" kind="quiet" onPress={() => setShowsTable(!showsTable)} aria-expanded={showsTable}>
              {t(showsTable ? "hideTable" : "showTable")}
            </Button>
          </footer>
          {showsTable && (
            <CurveTable curve={curve} keep={marks.map((mark) => mark.place)} onSet={editing.mayChange ? set : null} />
          )}
        </>
      ) : (
        <p className={styles.empty}>{reasonOf(statistics, known) ?? t("curveEmpty")}</p>
      )}
    </section>
  );
}

type Translate = ReturnType<typeof useTranslation<"statistics">>["t"];

/** The threshold whose point is marked: the label's own, or that of all labels where they have the same. */
function thresholdShown({ labels }: Statistics, label: string | null): number | null {
  if (label !== null) return labels.find((row) => row.label === label)?.threshold ?? null;
  const [first, ...others] = labels.map((row) => row.threshold);
  return first !== undefined && others.every((other) => other === first) ? first : null;
}

function marksOf(
  statistics: Statistics,
  curve: PrecisionRecallCurve,
  label: string | null,
  t: Translate,
): (CurveMark & { place: number })[] {
  const threshold = thresholdShown(statistics, label);
  const chosen = threshold === null ? null : pointAtThreshold(curve, threshold);
  const optimized =
    label === null
      ? bestPointOf(curve)
      : pointAtThreshold(curve, statistics.labels.find((row) => row.label === label)?.optimized_threshold ?? 2);
  const { precision, recall } = statistics.global;
  const marks: (CurveMark & { place: number })[] = [];
  if (optimized && optimized.index !== chosen?.index) {
    marks.push({
      kind: "optimized",
      ...optimized,
      place: optimized.index,
      text: t(label === null ? "bestF1" : "optimized"),
    });
  }
  if (chosen && threshold !== null) {
    marks.push({ kind: "chosen", ...chosen, place: chosen.index, text: formatPercent(threshold) });
  } else if (threshold === null && precision !== null && recall !== null) {
    // Each label has its own threshold: the point lies beside the curve, which has one for all.
    marks.push({ kind: "chosen", precision, recall, place: 0, text: t("eachItsOwn") });
  }
  return marks;
}

function otherCurves({ curves }: Statistics, label: string | null) {
  return Object.entries(curves)
    .filter(([name]) => name !== label)
    .map(([name, curve]) => ({ name, curve }));
}

function reasonOf({ labels, global }: Statistics, label: string | null): string | undefined {
  const reasons = label === null ? global.reasons : labels.find((row) => row.label === label)?.reasons;
  return reasons?.ap_at_iou ?? reasons?.map_at_iou ?? reasons?.precision;
}
