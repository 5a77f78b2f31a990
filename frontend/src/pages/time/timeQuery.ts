import { queryOptions } from "@tanstack/react-query";
import { api, urlOf } from "../../api/client.ts";

/** Days as the server counts them, in UTC; both are included, null is open. */
export interface Period {
  readonly from: string | null;
  readonly to: string | null;
}

export interface DayOfWork {
  user_id: number;
  name: string;
  email: string;
  day: string;
  seconds: number;
  image_count: number;
}

interface LabelingTime {
  items: DayOfWork[];
  total_seconds: number;
}

export const labelingTimeQuery = (projectId: number, period: Period) =>
  queryOptions({
    queryKey: ["projects", projectId, "labeling-time", period],
    queryFn: () => api.get<LabelingTime>(path(projectId), { query: { ...period } }),
  });

export function csvAddress(projectId: number, period: Period): string {
  return urlOf(path(projectId), { ...period, format: "csv" });
}

function path(projectId: number): string {
  return `/api/v1/projects/${projectId}/labeling-time`;
}
