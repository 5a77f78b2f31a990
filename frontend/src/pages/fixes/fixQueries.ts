/** Where a model and the labels disagree, and what was done about it. */
import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { Page, Rle, Split } from "../../api/types.ts";

export type FindingKind = "imagined" | "missed" | "mislabeled" | "low_iou";
export type FixAction = "accepted" | "fixed" | "dismissed";

export interface Finding {
  key: string;
  kind: FindingKind;
  image_id: number;
  label: string | null;
  suggested_label: string | null;
  instance_id: string | null;
  score: number | null;
  iou: number | null;
  box_xyxy: [number, number, number, number];
  /** The prediction's mask, or the object's where nothing was predicted. */
  rle: Rle;
}

export interface Fix {
  id: number;
  finding: string;
  action: FixAction;
}

export interface Fixes extends Page<Fix> {
  counts: Record<FixAction, number>;
}

export interface Decision {
  finding: Finding;
  action: FixAction;
  instanceId: string | null;
  /** What the image was saved as; null where nothing was to be saved. */
  revision: number | null;
}

/** As many as one looks through in a sitting, with their masks; the next ones come when the page is opened again. */
const FINDINGS_AT_ONCE = 200;
const ALL = 1000;

export const findingsQuery = (modelId: number, split: Split) =>
  queryOptions({
    queryKey: ["models", modelId, "findings", split],
    queryFn: ({ signal }) =>
      api.get<Page<Finding>>(`/api/v1/models/${modelId}/findings`, {
        query: { split, ground_truth: "today", decided: false, limit: FINDINGS_AT_ONCE },
        signal,
      }),
    // What is fixed would leave the list under the person who walks along it.
    staleTime: Number.POSITIVE_INFINITY,
  });

export const fixesQuery = (modelId: number) =>
  queryOptions({
    queryKey: ["models", modelId, "fixes"],
    queryFn: () => api.get<Fixes>(`/api/v1/models/${modelId}/fixes`, { query: { limit: ALL } }),
  });

export function decide(modelId: number, { finding, action, instanceId, revision }: Decision): Promise<Fix> {
  const { key, kind, image_id } = finding;
  const body = { finding: key, kind, image_id, action, instance_id: instanceId, revision };
  return api.post<Fix>(`/api/v1/models/${modelId}/fixes`, body);
}
