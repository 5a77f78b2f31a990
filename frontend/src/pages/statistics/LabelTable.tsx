/** A row for each label with its figures and its score threshold; thresholds are the model's, for everybody. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import type { Checkpoint } from "../../api/types.ts";
import { Button } from "../../components/Button.tsx";
import { Checkbox } from "../../components/Checkbox.tsx";
import { Definition } from "../../components/Definition.tsx";
import { ErrorMessage } from "../../components/ErrorMessage.tsx";
import { formatCount, formatMap, formatPercent } from "../../components/format.ts";
import { NumberField } from "../../components/NumberField.tsx";
import { Swatch } from "../../components/Swatch.tsx";
import { numberCell, Table } from "../../components/Table.tsx";
import { thresholdsQuery } from "../predict/thresholdsQuery.ts";
import styles from "./StatisticsPage.module.css";
import type { LabelStatistics, Statistics } from "./statisticsQueries.ts";

type ThresholdChange =
  | { optimized: true }
  | { optimized: false; all: number }
  | { optimized: false; values: Record<string, number> };

interface LabelTableProps {
  modelId: number;
  checkpoint: Checkpoint;
  statistics: Statistics;
  colors: ReadonlyMap<string, string>;
}

const UNKNOWN_COLOR = "#858d97";
const DEFAULT_SCORE = 50;

export function LabelTable({ modelId, checkpoint, statistics, colors }: LabelTableProps) {
  const { t } = useTranslation("statistics");
  const client = useQueryClient();
  const thresholds = useQuery(thresholdsQuery(modelId, checkpoint));
  const [all, setAll] = useState(DEFAULT_SCORE);
  const save = useMutation({
    mutationFn: (change: ThresholdChange) =>
      api.put(`/api/v1/models/${modelId}/thresholds`, change, { query: { checkpoint } }),
    onSettled: () => client.invalidateQueries({ queryKey: ["models", modelId] }),
  });
  const isOptimized = thresholds.data?.optimized ?? true;
  return (
    <section className={styles.card}>
      <Table label={t("byLabel")}>
        <thead>
          <tr>
            <th>{t("label")}</th>
            {[t("count"), "AP", t("accuracy"), t("precision"), t("recall"), "F1"].map((name) => (
              <th key={name} className={numberCell}>
                {name}
              </th>
            ))}
            <th className={numberCell}>{t("scoreThreshold")}</th>
          </tr>
        </thead>
        <tbody>
          {statistics.labels.map((row) => (
            <LabelRow
              key={row.label}
              row={row}
              color={colors.get(row.label) ?? UNKNOWN_COLOR}
              onThreshold={(value) => save.mutate({ optimized: false, values: { [row.label]: value } })}
            />
          ))}
        </tbody>
      </Table>
      <footer className={styles.footer}>
        <Checkbox
          isSelected={isOptimized}
          isDisabled={save.isPending}
          onChange={(optimized) =>
            save.mutate(optimized ? { optimized: true } : { optimized: false, values: thresholds.data?.values ?? {} })
          }
        >
          {t("useOptimized")}
        </Checkbox>
        <Definition term={t("useOptimized")}>{t("useOptimizedText")}</Definition>
        <span className={styles.space} />
        <NumberField
          label={t("oneForAll")}
          hideLabel
          value={all}
          onChange={(value) => Number.isFinite(value) && setAll(value)}
          minValue={0}
          maxValue={100}
          step={0.1}
          unit="%"
        />
        <Button onPress={() => save.mutate({ optimized: false, all: all / 100 })} isDisabled={save.isPending}>
          {t("setAll")}
        </Button>
      </footer>
      <ErrorMessage error={save.error ?? thresholds.error} />
    </section>
  );
}

interface LabelRowProps {
  row: LabelStatistics;
  color: string;
  onThreshold: (value: number) => void;
}

function LabelRow({ row, color, onThreshold }: LabelRowProps) {
  const { t } = useTranslation("statistics");
  return (
    <tr>
      <td>
        <span className={styles.label}>
          <Swatch color={color} /> {row.label}
        </span>
      </td>
      <td className={numberCell}>{formatCount(row.count)}</td>
      <td className={numberCell}>{formatMap(row.ap_at_iou)}</td>
      {[row.accuracy, row.precision, row.recall, row.f1].map((value, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
        <td key={column} className={numberCell}>
          {formatPercent(value)}
        </td>
      ))}
      <td className={styles.threshold}>
        <NumberField
          label={t("thresholdOf", { label: row.label })}
          hideLabel
          value={row.threshold * 100}
          onChange={(value) => Number.isFinite(value) && onThreshold(value / 100)}
          minValue={0}
          maxValue={100}
          step={0.1}
          unit="%"
          formatOptions={{ maximumFractionDigits: 1 }}
        />
      </td>
    </tr>
  );
}
