/** A row for each label with its figures and its score threshold; a press on a column sorts, one on a label shows its curve. */
import { ArrowDown, ArrowUp } from "lucide-react";
import { useTranslation } from "react-i18next";
import { classNames } from "../../../components/classNames.ts";
import { formatCount, formatMap } from "../../../components/format.ts";
import { Icon } from "../../../components/Icon.tsx";
import { Swatch } from "../../../components/Swatch.tsx";
import { numberCell, Table } from "../../../components/Table.tsx";
import type { LabelIntervals, LabelStatistics, Statistics, Uncertainty } from "../statisticsTypes.ts";
import { LabelThreshold } from "../thresholds/LabelThreshold.tsx";
import type { ThresholdEditing } from "../thresholds/useThresholdEditing.ts";
import { Figure } from "./Figure.tsx";
import styles from "./LabelTable.module.css";
import { LABEL_COLUMNS, type LabelColumn, nextOrder, readOrder, sortLabels } from "./labelOrder.ts";

interface LabelTableProps {
  statistics: Statistics;
  uncertainty: Uncertainty | undefined;
  iouPercent: number;
  editing: ThresholdEditing;
  colorOf: (label: string) => string;
  sort: string;
  onSort: (sort: string) => void;
  /** The label whose curve is shown. */
  shown: string | null;
  onShow: (label: string | null) => void;
}

/** From so many images on, figures stand without their intervals: those are narrow, and the table is easier to read. */
const SMALL_SET_IMAGES = 100;
const CUT_FIGURES = ["accuracy", "precision", "recall", "f1"] as const;

export function LabelTable(props: LabelTableProps) {
  const { statistics, uncertainty, iouPercent, sort, onSort } = props;
  const { t } = useTranslation("statistics");
  const order = readOrder(sort);
  const intervals =
    statistics.images < SMALL_SET_IMAGES
      ? new Map(uncertainty?.labels.map((label) => [label.label, label]))
      : new Map<string, LabelIntervals>();
  const nameOf = (column: LabelColumn) =>
    column === "ap_at_iou" ? t("apAt", { percent: iouPercent }) : t(`column_${column}`);
  return (
    <Table label={t("byLabel")} className={styles.table ?? ""}>
      <thead>
        <tr>
          {LABEL_COLUMNS.map((column) => (
            <th
              key={column}
              className={column === "label" || column === "threshold" ? undefined : numberCell}
              aria-sort={order?.column !== column ? "none" : order.isDescending ? "descending" : "ascending"}
            >
              <button type="button" className={styles.sort} onClick={() => onSort(nextOrder(order, column))}>
                {nameOf(column)}
                {order?.column === column && <Icon of={order.isDescending ? ArrowDown : ArrowUp} size={12} />}
              </button>
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <AllRow {...props} />
        {sortLabels(statistics.labels, order).map((row) => (
          <LabelRow key={row.label} row={row} intervals={intervals.get(row.label)} {...props} />
        ))}
      </tbody>
    </Table>
  );
}

function AllRow({ statistics, shown, onShow, editing }: LabelTableProps) {
  const { t } = useTranslation("statistics");
  const { global } = statistics;
  return (
    <tr {...(shown === null ? { "data-selected": true } : {})}>
      <td>
        <button type="button" className={classNames(styles.label, styles.all)} onClick={() => onShow(null)}>
          {t("allLabels")}
        </button>
      </td>
      <td className={numberCell}>{formatCount(statistics.instances)}</td>
      <td className={numberCell}>
        <Figure value={global.map_at_iou} reason={global.reasons.map_at_iou} format={formatMap} />
      </td>
      <td className={numberCell}>
        <Figure value={global.map} reason={global.reasons.map} format={formatMap} />
      </td>
      {CUT_FIGURES.map((name) => (
        <td key={name} className={numberCell}>
          <Figure value={global[name]} reason={global.reasons[name]} format={inPercent} />
        </td>
      ))}
      <td className={styles.tried}>{editing.isTryingAll ? t("oneForAllTried") : ""}</td>
    </tr>
  );
}

interface LabelRowProps extends LabelTableProps {
  row: LabelStatistics;
  intervals: LabelIntervals | undefined;
}

function LabelRow({ row, intervals, editing, colorOf, shown, onShow }: LabelRowProps) {
  const { t } = useTranslation("statistics");
  return (
    <tr {...(shown === row.label ? { "data-selected": true } : {})}>
      <td>
        <button type="button" className={styles.label} onClick={() => onShow(row.label)}>
          <Swatch color={colorOf(row.label)} /> {row.label}
        </button>
      </td>
      <td className={numberCell} title={t("onImages", { count: row.images })}>
        {formatCount(row.count)}
      </td>
      <td className={numberCell}>
        <Figure
          value={row.ap_at_iou}
          reason={row.reasons.ap_at_iou}
          format={formatMap}
          interval={intervals?.ap_at_iou}
        />
      </td>
      <td className={numberCell}>
        <Figure value={row.ap} reason={row.reasons.ap} format={formatMap} />
      </td>
      {CUT_FIGURES.map((name) => (
        <td key={name} className={numberCell}>
          <Figure
            value={row[name]}
            reason={row.reasons[name]}
            format={inPercent}
            formatEnd={inWholePercent}
            interval={intervals?.[name]}
          />
        </td>
      ))}
      <td className={styles.threshold}>
        <LabelThreshold
          label={row.label}
          threshold={row.threshold}
          optimized={row.optimized_threshold}
          interval={intervals?.threshold}
          mayChange={editing.mayChange}
          onTry={editing.tryLabel}
          onSet={editing.setLabel}
        />
      </td>
    </tr>
  );
}

/** The column's name says that it is percent. */
function inPercent(value: number): string {
  return (value * 100).toFixed(1);
}

function inWholePercent(value: number): string {
  return (value * 100).toFixed(0);
}
