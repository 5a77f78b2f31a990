/** What was taken for what: true labels down, predicted ones across, and those that nothing took. */
import { useTranslation } from "react-i18next";
import { formatCount } from "../components/format.ts";
import styles from "./ConfusionMatrix.module.css";

interface ConfusionMatrixProps {
  labels: readonly string[];
  /** counts[t][p]: objects of labels[t] predicted as labels[p]. */
  counts: readonly (readonly number[])[];
  missed: readonly number[];
  imagined: readonly number[];
}

export function ConfusionMatrix({ labels, counts, missed, imagined }: ConfusionMatrixProps) {
  const { t } = useTranslation("statistics");
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a table wider than its place is scrolled by keys
    <section className={styles.scroller} aria-label={t("confusionCaption")} tabIndex={0}>
      <table className={styles.table}>
        <caption className="visually-hidden">{t("confusionCaption")}</caption>
        <thead>
          <tr>
            <td className={styles.corner} />
            {labels.map((label) => (
              <th key={label} scope="col" title={label}>
                {label}
              </th>
            ))}
            <th scope="col" className={styles.apart}>
              {t("missed")}
            </th>
          </tr>
        </thead>
        <tbody>
          {labels.map((label, row) => {
            const own = counts[row] ?? [];
            const total = own.reduce((sum, count) => sum + count, missed[row] ?? 0);
            return (
              <tr key={label}>
                <th scope="row" title={label}>
                  {label}
                </th>
                {labels.map((predicted, column) => (
                  <Cell
                    key={predicted}
                    count={own[column] ?? 0}
                    total={total}
                    color={row === column ? "--ok" : "--bad"}
                    text={t("confusionCell", { count: own[column] ?? 0, truth: label, predicted })}
                  />
                ))}
                <Cell
                  count={missed[row] ?? 0}
                  total={total}
                  color="--bad"
                  text={t("confusionMissed", { count: missed[row] ?? 0, truth: label })}
                />
              </tr>
            );
          })}
          <tr>
            <th scope="row" className={styles.below}>
              {t("imagined")}
            </th>
            {labels.map((predicted, column) => (
              <Cell
                key={predicted}
                count={imagined[column] ?? 0}
                total={(imagined[column] ?? 0) + counts.reduce((sum, row) => sum + (row[column] ?? 0), 0)}
                color="--bad"
                text={t("confusionImagined", { count: imagined[column] ?? 0, predicted })}
              />
            ))}
            <td className={styles.corner} />
          </tr>
        </tbody>
      </table>
    </section>
  );
}

interface CellProps {
  count: number;
  /** Of the row, or of the column where nothing is true. */
  total: number;
  color: string;
  text: string;
}

/** The part of the total that the darkest cell's ground takes from its colour: figures on it stay readable. */
const STRONGEST = 45;

function Cell({ count, total, color, text }: CellProps) {
  const strength = total === 0 ? 0 : (count / total) * STRONGEST;
  return (
    <td
      title={text}
      className={count === 0 ? styles.none : styles.cell}
      style={{ background: `color-mix(in srgb, var(${color}) ${strength.toFixed(1)}%, transparent)` }}
    >
      {formatCount(count)}
    </td>
  );
}
