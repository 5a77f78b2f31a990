import { queryOptions } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import type { Speed } from "../../api/types.ts";

export interface SpeedState {
  speed: Speed;
  status: "not_made" | "making" | "ready" | "failed";
}

/** How fast a model can predict; the statistics say what each speed is worth. */
export const speedsQuery = (modelId: number) =>
  queryOptions({
    queryKey: ["models", modelId, "speeds"],
    queryFn: () => api.get<{ items: SpeedState[] }>(`/api/v1/models/${modelId}/speeds`),
  });
