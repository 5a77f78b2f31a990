/** A checkpoint's score thresholds and their changes, each of which can be undone. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client.ts";
import type { Checkpoint, Speed } from "../../../api/types.ts";
import { useCurrentProject } from "../../../app/currentProject.ts";
import { isAtLeast } from "../../../app/roles.ts";
import { showToast } from "../../../components/toasts.ts";
import { type Thresholds, thresholdsQuery } from "../../predict/thresholdsQuery.ts";
import { takenBack } from "./takenBack.ts";

export type ThresholdChange =
  | { optimized: true }
  | { optimized: false; all: number }
  | { optimized: false; values: Record<string, number> };

/** Whose thresholds: undone later, a change goes back where it was made, whatever the page shows by then. */
interface Owner {
  modelId: number;
  checkpoint: Checkpoint;
  speed: Speed;
}

const queryOf = ({ modelId, checkpoint, speed }: Owner) => thresholdsQuery(modelId, checkpoint, speed);

export function useThresholds(modelId: number, checkpoint: Checkpoint, speed: Speed, isReady: boolean) {
  const { t } = useTranslation(["statistics", "common"]);
  const client = useQueryClient();
  const owner: Owner = { modelId, checkpoint, speed };
  const thresholds = useQuery({ ...queryOf(owner), enabled: isReady });
  const project = useCurrentProject();
  const save = useMutation({
    mutationFn: ({ change, of }: { change: ThresholdChange; of: Owner }) =>
      api.put<Thresholds>(`/api/v1/models/${of.modelId}/thresholds`, change, {
        query: { checkpoint: of.checkpoint, speed: of.speed },
      }),
    onSuccess: (now, { of }) => client.setQueryData(queryOf(of).queryKey, now),
    onSettled: (_now, _error, { of }) => client.invalidateQueries({ queryKey: ["models", of.modelId] }),
  });
  const change = (next: ThresholdChange, text: string, onSettled?: () => void) => {
    const before = thresholds.data;
    const undo = (to: Thresholds, after: Thresholds) => {
      const now = client.getQueryData(queryOf(owner).queryKey) ?? after;
      save.mutate({ change: takenBack(to, after, now), of: owner });
    };
    save.mutate(
      { change: next, of: owner },
      {
        onSuccess: (after) =>
          showToast(text, before ? { action: { text: t("common:undo"), run: () => undo(before, after) } } : {}),
        onSettled: () => onSettled?.(),
      },
    );
  };
  return {
    thresholds: thresholds.data,
    isOptimized: thresholds.data?.optimized ?? true,
    mayChange: isAtLeast(project?.role, "Developer"),
    isSaving: save.isPending,
    error: save.error ?? thresholds.error,
    change,
  };
}

export type ThresholdControl = ReturnType<typeof useThresholds>;
