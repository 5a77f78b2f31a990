/** The points of a curve as a table, for those who cannot see or point at it. */
import { useTranslation } from "react-i18next";
import { type PrecisionRecallCurve, pointAt, spreadPlaces } from "../../../charts/precisionRecall.ts";
import { Button } from "../../../components/Button.tsx";
import { formatCount, formatPercent } from "../../../components/format.ts";
import { numberCell, Table } from "../../../components/Table.tsx";
import styles from "./CurvePanel.module.css";

interface CurveTableProps {
  curve: PrecisionRecallCurve;
  /** Places that stand in the table whatever is left out. */
  keep: readonly number[];
  onSet: ((score: number) => void) | null;
}

const MOST_ROWS = 60;

export function CurveTable({ curve, keep, onSet }: CurveTableProps) {
  const { t } = useTranslation("statistics");
  return (
    <Table label={t("curveTable")} className={styles.table ?? ""}>
      <thead>
        <tr>
          {[t("scoreThreshold"), t("precision"), t("recall"), "F1", t("correct"), t("incorrect")].map((name) => (
            <th key={name} className={numberCell}>
              {name}
            </th>
          ))}
          {onSet && <th />}
        </tr>
      </thead>
      <tbody>
        {spreadPlaces(curve.score.length, MOST_ROWS, keep).map((place) => {
          const point = pointAt(curve, place);
          if (point === null) return null;
          return (
            <tr key={place}>
              {[point.score, point.precision, point.recall, point.f1].map((value, column) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                <td key={column} className={numberCell}>
                  {formatPercent(value)}
                </td>
              ))}
              <td className={numberCell}>{formatCount(curve.true_positives[place] ?? 0)}</td>
              <td className={numberCell}>{formatCount(curve.false_positives[place] ?? 0)}</td>
              {onSet && (
                <td>
                  <Button size="small" kind="quiet" onPress={() => onSet(point.score)}>
                    {t("setThis", { score: formatPercent(point.score) })}
                  </Button>
                </td>
              )}
            </tr>
          );
        })}
      </tbody>
    </Table>
  );
}
