/** The curves as a table: what each model's precision is, and from which score, once it finds so many objects. */
import { useTranslation } from "react-i18next";
import { pointAtRecall } from "../../charts/precisionRecall.ts";
import { formatPercent } from "../../components/format.ts";
import { numberCell, Table } from "../../components/Table.tsx";
import type { OverlaidCurve } from "./OverlaidCurves.tsx";

const RECALL_PERCENTS = Array.from({ length: 20 }, (_, step) => 5 * (step + 1));

export function ComparedCurveTable({ shown }: { shown: readonly OverlaidCurve[] }) {
  const { t } = useTranslation(["compare", "statistics"]);
  return (
    <Table label={t("compare:curveTable")}>
      <thead>
        <tr>
          <th className={numberCell}>{t("compare:recallFrom")}</th>
          {shown.flatMap(({ id, name }) => [
            <th key={`${id} precision`} className={numberCell}>
              {name}: {t("statistics:precision")}
            </th>,
            <th key={`${id} score`} className={numberCell}>
              {name}: {t("statistics:scoreThreshold")}
            </th>,
          ])}
        </tr>
      </thead>
      <tbody>
        {RECALL_PERCENTS.map((percent) => (
          <tr key={percent}>
            <td className={numberCell}>{percent} %</td>
            {shown.flatMap(({ id, curve }) => {
              const point = curve && pointAtRecall(curve, percent / 100);
              return [
                <td key={`${id} precision`} className={numberCell}>
                  {point ? formatPercent(point.precision) : "–"}
                </td>,
                <td key={`${id} score`} className={numberCell}>
                  {point ? formatPercent(point.score) : "–"}
                </td>,
              ];
            })}
          </tr>
        ))}
      </tbody>
    </Table>
  );
}
