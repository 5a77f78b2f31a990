/** By which column the table of labels is sorted, and which way. */
import type { LabelStatistics } from "../statisticsTypes.ts";

export const LABEL_COLUMNS = [
  "label",
  "count",
  "ap_at_iou",
  "ap",
  "accuracy",
  "precision",
  "recall",
  "f1",
  "threshold",
] as const;
export type LabelColumn = (typeof LABEL_COLUMNS)[number];

/** Null leaves the labels as the model has them. */
export interface LabelOrder {
  column: LabelColumn;
  isDescending: boolean;
}

/** "-f1" is F1, the highest first. */
export function readOrder(text: string): LabelOrder | null {
  const column = LABEL_COLUMNS.find((known) => known === text.replace(/^-/, ""));
  return column === undefined ? null : { column, isDescending: text.startsWith("-") };
}

/** What a press on a column's name makes of the order: worst first, then the other way, then as it was. */
export function nextOrder(order: LabelOrder | null, column: LabelColumn): string {
  if (order?.column !== column) return column;
  return order.isDescending ? "" : `-${column}`;
}

/** Labels whose figure is not defined come last, whichever way. */
export function sortLabels(labels: readonly LabelStatistics[], order: LabelOrder | null): LabelStatistics[] {
  if (order === null) return [...labels];
  const { column, isDescending } = order;
  return [...labels].sort((a, b) => {
    const [left, right] = [a[column], b[column]];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    const direction = isDescending ? -1 : 1;
    if (typeof left === "string" || typeof right === "string")
      return direction * String(left).localeCompare(String(right));
    return direction * (left - right);
  });
}
