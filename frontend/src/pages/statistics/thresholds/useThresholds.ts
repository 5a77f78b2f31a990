/** A checkpoint's score thresholds and their changes, each of which can be undone. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client.ts";
import type { Checkpoint, Speed } from "../../../api/types.ts";
import { useCurrentProject } from "../../../app/currentProject.ts";
import { showToast } from "../../../components/toasts.ts";
import { type Thresholds, thresholdsQuery } from "../../predict/thresholdsQuery.ts";

export type ThresholdChange =
  | { optimized: true }
  | { optimized: false; all: number }
  | { optimized: false; values: Record<string, number> };

export function useThresholds(modelId: number, checkpoint: Checkpoint, speed: Speed, isReady: boolean) {
  const { t } = useTranslation(["statistics", "common"]);
  const client = useQueryClient();
  const query = thresholdsQuery(modelId, checkpoint, speed);
  const thresholds = useQuery({ ...query, enabled: isReady });
  const role = useCurrentProject()?.role;
  const save = useMutation({
    mutationFn: (change: ThresholdChange) =>
      api.put<Thresholds>(`/api/v1/models/${modelId}/thresholds`, change, { query: { checkpoint, speed } }),
    onSuccess: (now) => client.setQueryData(query.queryKey, now),
    onSettled: () => client.invalidateQueries({ queryKey: ["models", modelId] }),
  });
  const change = (next: ThresholdChange, text: string, onSettled?: () => void) => {
    const before = thresholds.data;
    save.mutate(next, {
      onSuccess: () => {
        const undo = { text: t("common:undo"), run: () => save.mutate(before ? backTo(before) : { optimized: true }) };
        showToast(text, before ? { action: undo } : {});
      },
      onSettled: () => onSettled?.(),
    });
  };
  return {
    thresholds: thresholds.data,
    isOptimized: thresholds.data?.optimized ?? true,
    mayChange: role !== undefined && role !== "Labeler",
    isSaving: save.isPending,
    error: save.error ?? thresholds.error,
    change,
  };
}

export type ThresholdControl = ReturnType<typeof useThresholds>;

function backTo({ optimized, values }: Thresholds): ThresholdChange {
  return optimized ? { optimized: true } : { optimized: false, values };
}
