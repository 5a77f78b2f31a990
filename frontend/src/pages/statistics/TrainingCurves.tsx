/** The curves of the training, for whoever asks how the model came to be: they load when they are opened. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CurveChart } from "../../charts/CurveChart.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { bestPoint, curveQuery } from "../train/trainingQueries.ts";
import styles from "./StatisticsPage.module.css";

export function TrainingCurves({ modelId }: { modelId: number }) {
  const { t } = useTranslation("statistics");
  const [isOpen, setIsOpen] = useState(false);
  const curve = useQuery({ ...curveQuery(modelId), enabled: isOpen });
  const points = curve.data?.items ?? [];
  return (
    <details className={styles.card} onToggle={(event) => setIsOpen(event.currentTarget.open)} data-print="hide">
      <summary className={styles.summary}>{t("learningCurves")}</summary>
      <ErrorMessage error={curve.error} onRetry={() => void curve.refetch()} />
      {points.length > 0 && (
        <div className={styles.charts}>
          <CurveChart kind="quality" axis="time" points={points} bestAt={bestPoint(points)} />
          <CurveChart kind="loss" axis="time" points={points} bestAt={bestPoint(points)} />
        </div>
      )}
      {curve.data && points.length === 0 && <p className={styles.summary}>{t("noCurve")}</p>}
    </details>
  );
}
