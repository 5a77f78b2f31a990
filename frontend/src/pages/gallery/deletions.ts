/** The app's deletions that can still be undone; they are carried out wherever one is by then. */
import { api } from "../../api/client.ts";
import { queryClient } from "../../api/queryClient.ts";
import { showToast } from "../../components/toasts.ts";
import { PendingDeletions } from "./pendingDeletion.ts";

export const deletions = new PendingDeletions(async ({ projectId, imageIds }, { keepalive }) => {
  try {
    await api.delete<unknown>(`/api/v1/projects/${projectId}/images`, { body: { image_ids: imageIds }, keepalive });
  } catch (error) {
    showToast(error instanceof Error ? error.message : String(error), { kind: "error" });
  }
  if (!keepalive) await queryClient.invalidateQueries({ queryKey: ["projects", projectId] });
});

/** A request that outlives its page may have 64 KiB in all, so many ids fit for sure. */
const KEEPALIVE_IDS = 5_000;

// On every page: a deletion can still be undone when one has gone on to another.
window.addEventListener("pagehide", () => void deletions.carryOutAll({ keepalive: true }));
window.addEventListener("beforeunload", (event) => {
  if (deletions.hidden.size <= KEEPALIVE_IDS) return;
  event.preventDefault();
  void deletions.carryOutAll();
});
