/** What can be done with images of the gallery, by menu, bar and key alike. */
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import { formatCount } from "../../components/format.ts";
import { dismissToast, showToast } from "../../components/toasts.ts";
import { startOverFilter, startOverImages } from "../batches/batchQueries.ts";
import { useRejectDrafts } from "../batches/useRejectDrafts.ts";
import { chosenImagesKey } from "../labeling/work/imageRow.ts";
import { MOST_AT_ONCE } from "../predict/takenFiles.ts";
import { useSetBackground } from "./background/useSetBackground.ts";
import { deletions } from "./deletions.ts";
import { type GalleryFilter, queryOf, wordsOf } from "./galleryFilter.ts";
import type { Gallery } from "./useGallery.ts";
import { useSetValidation } from "./validation/useSetValidation.ts";

/** So many ids fit into an address that still can be sent to somebody. */
const IDS_IN_ADDRESS = 50;
export interface ImageActions {
  /** Opens the editor: one image with the filtered ones around it, or the images chosen. */
  label: (ids: readonly number[]) => void;
  /** Opens the editor with all images under the filter. */
  labelFiltered: () => void;
  /** A few images on the prediction page, more as a batch. */
  predict: (ids: readonly number[], modelId: number) => Promise<void>;
  /** Asks which model is to draft labels. */
  draft: (ids: readonly number[]) => void;
  /** Asks which drafts of images are to be accepted. */
  acceptDrafts: (ids: readonly number[]) => void;
  rejectDrafts: (ids: readonly number[]) => Promise<void>;
  setValidation: (ids: readonly number[], validation: boolean) => Promise<void>;
  /** Says that nothing is on images, or takes that back. */
  setBackground: (ids: readonly number[], background: boolean) => Promise<void>;
  remove: (ids: readonly number[]) => void;
}

/** The dialogs are the gallery's to open. */
export type DirectActions = Omit<ImageActions, "draft" | "acceptDrafts">;

export function useImageActions(projectId: number, filter: GalleryFilter, gallery: Gallery): DirectActions {
  const { t } = useTranslation(["gallery", "common"]);
  const navigate = useNavigate();
  const setValidation = useSetValidation(projectId, filter, gallery);
  const setBackground = useSetBackground(projectId, filter, gallery);
  const rejectDrafts = useRejectDrafts(projectId);

  const openEditor = (imageId: number | null, search: URLSearchParams) =>
    navigate(`/projects/${projectId}/label${imageId === null ? "" : `/${imageId}`}?${search}`);

  /** All images under the filter are meant by the filter: there may be too many to name. */
  const startBatch = (ids: readonly number[], modelId: number) =>
    ids.length === gallery.total && deletions.hidden.size === 0
      ? startOverFilter(modelId, queryOf(filter))
      : startOverImages(modelId, ids);

  return {
    label: (ids) => {
      const [only] = ids;
      if (only === undefined) return;
      if (ids.length === 1) return openEditor(only, new URLSearchParams(wordsOf(filter)));
      if (ids.length <= IDS_IN_ADDRESS) return openEditor(only, new URLSearchParams({ ids: ids.join(",") }));
      sessionStorage.setItem(chosenImagesKey(projectId), ids.join(","));
      return openEditor(only, new URLSearchParams({ chosen: "" }));
    },
    labelFiltered: () => openEditor(null, new URLSearchParams(wordsOf(filter))),
    predict: async (ids, modelId) => {
      if (ids.length <= MOST_AT_ONCE) return navigate(`/models/${modelId}/predict?images=${ids.join(",")}`);
      try {
        const { id } = await startBatch(ids, modelId);
        await navigate(`/batches/${id}`);
      } catch (error) {
        showToast(error instanceof Error ? error.message : String(error), { kind: "error" });
      }
    },
    rejectDrafts,
    setValidation,
    setBackground,
    remove: (ids) => {
      const deletion = { projectId, imageIds: ids };
      deletions.add(deletion);
      const toast = showToast(t("gallery:deleted", { count: ids.length, shown: formatCount(ids.length) }), {
        action: { text: t("common:undo"), run: () => deletions.undo(deletion) },
        onGone: () => void deletions.carryOut(deletion),
      });
      const stop = deletions.subscribe(() => {
        if (deletions.isUndoable(deletion)) return;
        stop();
        dismissToast(toast);
      });
    },
  };
}
