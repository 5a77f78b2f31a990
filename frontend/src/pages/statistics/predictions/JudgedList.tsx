/** An image's predictions with their scores as bars, the threshold as a dash, their IoU; and what was missed. */
import { useTranslation } from "react-i18next";
import { classNames } from "../../../components/classNames.ts";
import { formatPercent } from "../../../components/format.ts";
import styles from "./JudgedList.module.css";
import type { JudgedLine } from "./judgement.ts";
import { Verdict } from "./Verdict.tsx";

interface JudgedListProps {
  lines: readonly JudgedLine[];
  /** Of each label, 0-1. */
  thresholds: ReadonlyMap<string, number>;
  chosenId: string | null;
  onChoose: (id: string | null) => void;
}

export function JudgedList({ lines, thresholds, chosenId, onChoose }: JudgedListProps) {
  const { t } = useTranslation("statistics");
  if (lines.length === 0) return <p className={styles.none}>{t("nothingHere")}</p>;
  return (
    <div className={styles.list}>
      <p className={styles.head} aria-hidden="true">
        <span>{t("label")}</span>
        <span>{t("score")}</span>
        <span>IoU</span>
      </p>
      <ul>
        {lines.map((line) => (
          <li key={line.id}>
            <button
              type="button"
              className={classNames(styles.line, line.id === chosenId && styles.chosen)}
              data-judgement={line.judgement}
              onPointerEnter={() => onChoose(line.id)}
              onPointerLeave={() => onChoose(null)}
              onFocus={() => onChoose(line.id)}
              onBlur={() => onChoose(null)}
            >
              <Verdict judgement={line.judgement} name={t(`judged_${line.judgement}`)} />
              <span className={styles.label}>{line.label}</span>
              {line.score === null ? (
                <span className={styles.missed} aria-hidden="true">
                  {t("missedWord")}
                </span>
              ) : (
                <span className={styles.bar}>
                  <i className={styles[line.judgement]} style={{ width: `${line.score * 100}%` }} />
                  <i className={styles.dash} style={{ left: `${(thresholds.get(line.label) ?? 0) * 100}%` }} />
                </span>
              )}
              <span className={styles.figure}>
                {line.score !== null && (
                  <>
                    <span className="visually-hidden">{t("score")}</span> {(line.score * 100).toFixed(1)}
                  </>
                )}
              </span>
              <span className={styles.figure}>
                <span className="visually-hidden">IoU</span> {formatPercent(line.iou, 0)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
