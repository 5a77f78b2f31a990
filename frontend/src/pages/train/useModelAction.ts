import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api } from "../../api/client.ts";

/** Stop, cancel or resume a training; the pages that show it are refreshed. */
export function useModelAction(modelId: number, action: "stop" | "cancel" | "resume") {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.post(`/api/v1/models/${modelId}/${action}`),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ["queue"] }),
        client.invalidateQueries({ queryKey: ["models", modelId] }),
        client.invalidateQueries({ queryKey: ["projects"] }),
      ]),
  });
}
