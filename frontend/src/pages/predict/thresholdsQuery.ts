import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { Checkpoint, Speed } from "../../api/types.ts";

/** A checkpoint's score threshold of every label, 0-1. */
export interface Thresholds {
  optimized: boolean;
  values: Record<string, number>;
}

export const thresholdsQuery = (modelId: number, checkpoint: Checkpoint, speed: Speed = "slow") =>
  queryOptions({
    queryKey: ["models", modelId, "thresholds", checkpoint, speed],
    queryFn: () => api.get<Thresholds>(`/api/v1/models/${modelId}/thresholds`, { query: { checkpoint, speed } }),
  });
