import { queryOptions } from "@tanstack/react-query";
import { api, urlOf } from "../../../api/client.ts";
import type { ChangedInstance, LabelExportReport, LabelFormat } from "../../../api/types.ts";

/** The format in which every mask comes back as it is, and which most tools read. */
export const EXACT_FORMAT = "coco";

export function exportAddress(projectId: number, format: string): string {
  return urlOf(`/api/v1/projects/${projectId}/labels/export`, { format });
}

/** What a format would lose of the labels as they are now; measuring it takes as long as the download. */
export const exportReportQuery = (projectId: number, format: string) =>
  queryOptions({
    queryKey: ["projects", projectId, "exportReport", format],
    queryFn: ({ signal }) =>
      api.get<LabelExportReport>(`/api/v1/projects/${projectId}/labels/export/report`, { query: { format }, signal }),
    refetchOnWindowFocus: false,
  });

/** Whether there is something to measure: a format that can hold everything loses nothing. */
export function canLose(format: LabelFormat): boolean {
  return format.cannot_hold.length > 0;
}

/** The listed objects of which pixels change, not only how they are written down. */
export function damagedOf({ items }: LabelExportReport): ChangedInstance[] {
  return items.filter(({ iou }) => iou < 1);
}

/** How many more may have lost pixels: the list has the worst first, so none once it has come to one that has not. */
export function unlistedCount({ items, changed, lost }: LabelExportReport): number {
  const last = items.at(-1);
  return last !== undefined && last.iou < 1 ? changed + lost - items.length : 0;
}

/** 0.9967 → "0.996": rounded down, so that what changed never reads as 1. */
export function formatIou(iou: number): string {
  return (Math.floor(iou * 1000 + 1e-9) / 1000).toFixed(3);
}
