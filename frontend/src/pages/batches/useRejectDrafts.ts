/** Rejects the drafts of many images at once, with a toast to take that back. */
import { useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { showToast } from "../../components/toasts.ts";
import { forgetDrafts, rejectDrafts, restoreDrafts } from "./draftQueries.ts";

export function useRejectDrafts(projectId: number): (imageIds: readonly number[]) => Promise<void> {
  const { t } = useTranslation(["batches", "common"]);
  const client = useQueryClient();
  const attempt = async (change: () => Promise<void>) => {
    try {
      await change();
      await forgetDrafts(client, projectId);
    } catch (error) {
      showToast(error instanceof Error ? error.message : String(error), { kind: "error" });
    }
  };
  return (imageIds) =>
    attempt(async () => {
      const { drafts, images, rejection_id } = await rejectDrafts(projectId, imageIds);
      showToast(t("batches:decide.rejected", { count: drafts, images }), {
        action: {
          text: t("common:undo"),
          run: () => void attempt(async () => void (await restoreDrafts(projectId, rejection_id))),
        },
      });
    });
}
