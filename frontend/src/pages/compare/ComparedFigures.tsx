/** The models' figures side by side, of all labels and of each; the best of a row stands out. */
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import { useTheme } from "../../app/theme.ts";
import { classNames } from "../../components/classNames.ts";
import { formatMap, formatPercent } from "../../components/format.ts";
import { Swatch } from "../../components/Swatch.tsx";
import { numberCell, Table } from "../../components/Table.tsx";
import { Figure } from "../statistics/figures/Figure.tsx";
import type { Difference } from "../statistics/statisticsTypes.ts";
import styles from "./ComparePage.module.css";
import type { ComparedModel } from "./comparisonQuery.ts";
import { modelColor } from "./modelColors.ts";

interface ComparedFiguresProps {
  models: readonly ComparedModel[];
  /** Of the page: a model's statistics open with the same. */
  query: URLSearchParams;
}

const GLOBAL_FIGURES = ["map", "map_at_iou", "accuracy", "precision", "recall", "f1"] as const;

export function ComparedFigures({ models, query }: ComparedFiguresProps) {
  const { t } = useTranslation(["compare", "statistics"]);
  const theme = useTheme();
  const labels = [...new Set(models.flatMap((model) => model.labels.map((row) => row.label)))];
  const kept = new URLSearchParams([...query].filter(([name]) => name !== "models"));
  return (
    <Table label={t("compare:figures")}>
      <thead>
        <tr>
          <th>{t("compare:figure")}</th>
          {models.map((model, place) => (
            <th key={model.model_id} className={numberCell}>
              <span className={styles.model}>
                <Swatch color={modelColor(place, theme)} />
                <Link to={`/models/${model.model_id}/statistics?${kept}`}>{model.name}</Link>
              </span>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr>
          <td>{t("compare:againstFirst")}</td>
          {models.map((model) => (
            <td key={model.model_id} className={numberCell}>
              {model.against_first === null ? "–" : <Against difference={model.against_first} />}
            </td>
          ))}
        </tr>
        {GLOBAL_FIGURES.map((name) => (
          <Row
            key={name}
            name={t(`compare:${name}`)}
            format={name.startsWith("map") ? formatMap : formatPercent}
            figures={models.map(({ model_id, global }) => ({
              model_id,
              value: global[name],
              reason: global.reasons[name],
            }))}
          />
        ))}
        {labels.map((label) => (
          <Row
            key={label}
            name={t("compare:f1Of", { label })}
            format={formatPercent}
            figures={models.map((model) => {
              const row = model.labels.find((own) => own.label === label);
              return {
                model_id: model.model_id,
                value: row?.f1 ?? null,
                reason: row ? row.reasons.f1 : t("compare:notItsLabel"),
              };
            })}
          />
        ))}
      </tbody>
    </Table>
  );
}

interface RowProps {
  name: string;
  format: (value: number) => string;
  figures: readonly { model_id: number; value: number | null; reason: string | undefined }[];
}

function Row({ name, format, figures }: RowProps) {
  const best = Math.max(...figures.map(({ value }) => value ?? -1));
  return (
    <tr>
      <td>{name}</td>
      {figures.map(({ model_id, value, reason }) => (
        <td key={model_id} className={classNames(numberCell, value === best && styles.best)}>
          <Figure value={value} reason={reason} format={format} />
        </td>
      ))}
    </tr>
  );
}

function Against({ difference }: { difference: Difference }) {
  const { t } = useTranslation("compare");
  if (difference.difference === null || difference.margin === null || difference.verdict === null) {
    return <Figure value={null} reason={difference.reason ?? undefined} format={formatMap} />;
  }
  const sign = difference.difference > 0 ? "+" : "";
  return (
    <span className={styles.against}>
      {sign}
      {difference.difference.toFixed(3)} ± {difference.margin.toFixed(3)}
      <small>{t(difference.verdict)}</small>
    </span>
  );
}
