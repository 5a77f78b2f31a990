/** Batches that were deleted on a page: hidden at once, deleted when the time to undo is over. If the browser dies before, they stay. */
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { queryClient } from "../../api/queryClient.ts";
import { showToast } from "../../components/toasts.ts";
import { type BatchItem, batchPath } from "./batchQueries.ts";

let leaving: ReadonlySet<number> = new Set();
const listeners = new Set<() => void>();

export function useLeavingBatches(): ReadonlySet<number> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => leaving,
  );
}

/** Deletes a batch, with a toast to take it back. */
export function useDeleteBatch(): (batch: BatchItem) => void {
  const { t } = useTranslation(["batches", "common"]);
  return (batch) => {
    if (leaving.has(batch.id)) return;
    change((ids) => ids.add(batch.id));
    const back = () => change((ids) => ids.delete(batch.id));
    showToast(t("batches:deleted", { count: batch.total }), {
      action: { text: t("common:undo"), run: back },
      onGone: () => void carryOut(batch).finally(back),
    });
  };
}

async function carryOut({ id, project_id }: BatchItem): Promise<void> {
  try {
    await api.delete(batchPath(id));
    await queryClient.invalidateQueries({ queryKey: ["projects", project_id, "batches"] });
  } catch (error) {
    showToast(error instanceof Error ? error.message : String(error), { kind: "error" });
  }
}

function change(by: (ids: Set<number>) => unknown): void {
  const next = new Set(leaving);
  by(next);
  leaving = next;
  for (const listener of listeners) listener();
}
